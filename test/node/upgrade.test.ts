import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ensureOpenClawImage, openclawVersion } from "../../embedded/images/openclaw.ts";
import { readNodeRecord } from "../../embedded/node/record.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { codewordsKnown } from "./chat.ts";
import { type DevStack, openDevStack } from "./devStack.ts";
import previous from "./previousOpenclaw/package.json" with { type: "json" };
import { importImage } from "./realNode.ts";
import { openStack, type Stack } from "./stack.ts";

const home = inject("nodeHome");

describe.skipIf(home === undefined)("a stack whose OpenClaw is older than the pinned one", () => {
  let dev: DevStack;
  let stack: Stack;
  let pinned: string;

  beforeAll(async () => {
    dev = await openDevStack(home ?? "");
    pinned = readNodeRecord(dev.home)?.image ?? "";
    const packages = {
      version: previous.dependencies.openclaw,
      folder: join(import.meta.dirname, "previousOpenclaw"),
    };
    const older = await ensureOpenClawImage(terminalProgress(), packages);
    await importImage(dev.home, older.archive);
    stack = await openStack(dev.home, "upgrade", { corvus: {} }, older.reference);
    await stack.up();
  });

  afterAll(() => stack?.rest());

  const version = async () => (await stack.inPod("corvus", "openclaw --version")).trim();

  test("is upgraded by its image alone and keeps token and conversation", async () => {
    const token = await stack.gatewayToken("corvus");
    const ask = (text: string) => codewordsKnown(dev, "corvus", { token, user: "upgrade", text });
    expect(await version()).toContain(previous.dependencies.openclaw);
    await ask("Please remember codeword-yaffle.");

    await stack.open(pinned);
    await stack.up();
    expect(await version()).toContain(openclawVersion);
    expect(await ask("What do you know?")).toEqual(["codeword-yaffle"]);
  });
});
