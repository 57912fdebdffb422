import { expect, test } from "vitest";
import { compiledModules } from "../../embedded/images/compileCache.ts";

test("of OpenClaw's files the modules that a gateway may load are compiled, always in the same order", () => {
  const files = [
    "state/openclaw-state-read.worker.js",
    "entry.mjs",
    "entry.mjs.map",
    "build-info.json",
    "control-ui/assets/index.js",
    "extensions/telegram/index.js",
    "extensions.mjs",
    "plugin-sdk/index.js",
    "worker/worker.mjs",
  ];
  const compiled = ["entry.mjs", "extensions.mjs", "state/openclaw-state-read.worker.js"];
  expect(compiledModules(files)).toEqual(compiled);
  expect(compiledModules(files.toReversed())).toEqual(compiled);
});
