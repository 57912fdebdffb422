import { chmodSync, readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { stopGateway } from "../../ops/backup/gateway.ts";
import { updateWithReasons } from "../../ops/diagnosis/why.ts";
import { withKubectl } from "../../ops/stack/kubectl.ts";
import type { Target } from "../../ops/stack/target.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

const { PATH: path } = process.env;
let bin: ReturnType<typeof temporaryFolder>;
let tenants: ReturnType<typeof temporaryFolder>;
let target: Target;

beforeEach(() => {
  bin = temporaryFolder();
  tenants = temporaryFolder({ "acme.yaml": tenantYaml() });
  target = {
    kind: "own",
    stack: "cell",
    context: "somewhere",
    home: "/none",
    folder: "/none",
    tenants: tenants.path,
  };
  process.env.PATH = [bin.path, path].join(delimiter);
});

afterEach(() => {
  process.env.PATH = path;
  bin[Symbol.dispose]();
  tenants[Symbol.dispose]();
});

const dying = JSON.stringify({
  items: [
    {
      kind: "PersistentVolumeClaim",
      metadata: {
        namespace: "tenant-acme",
        name: "openclaw-data",
        deletionTimestamp: "2026-11-26T05:00:00Z",
      },
      spec: { volumeName: "pv-1" },
    },
  ],
});

/** A kubectl that answers every question with a text, keeps what it is told, and ends with a code. */
function kubectl(answer: string, code = 0): void {
  bin.write("kubectl", `#!/bin/sh\necho "$@" >>"$0.told"\ncat <<'END'\n${answer}\nEND\nexit ${code}\n`);
  chmodSync(`${bin.path}/kubectl`, 0o755);
}

/** @returns whether the update was begun */
async function isUpdated(): Promise<boolean> {
  let begun = false;
  const said: string[] = [];
  await updateWithReasons(
    target,
    (line) => said.push(line),
    async () => {
      begun = true;
      return 0;
    },
  ).catch((error: Error) => said.push(error.message));
  expect(begun || said.length > 0).toBe(true);
  return begun;
}

test("an update is begun where nothing is being deleted", async () => {
  kubectl('{"items":[]}');
  expect(await isUpdated()).toBe(true);
});

test("no update is begun while a claim is being deleted, nor where the cluster does not say so", async () => {
  kubectl(dying);
  expect(await isUpdated()).toBe(false);
  kubectl("", 1);
  expect(await isUpdated()).toBe(false);
});

test("a gateway whose claim is being deleted is not stopped for a restore", async () => {
  kubectl(dying);
  const stopping = withKubectl(target, {}, (lent) =>
    stopGateway({ kubectl: lent, progress: silentProgress }, "acme"),
  );
  await expect(stopping).rejects.toThrow(
    /The claim openclaw-data in tenant-acme is being deleted \(since 2026/,
  );
  expect(readFileSync(`${bin.path}/kubectl.told`, "utf8")).not.toContain("scale");
});
