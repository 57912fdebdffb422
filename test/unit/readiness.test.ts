import { chmodSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readyNamespaces } from "../../ops/diagnosis/readiness.ts";
import { withKubectl } from "../../ops/stack/kubectl.ts";
import type { Target } from "../../ops/stack/target.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const target: Target = { kind: "own", stack: "ack-cell-01", home: "/none", folder: "/none" };
const { PATH: path, KUBECONFIG: kubeconfig } = process.env;
let bin: ReturnType<typeof temporaryFolder>;

/** A kubectl of which only the shell script is real. */
function kubectl(script: string) {
  bin.write("kubectl", `#!/bin/sh\n${script}\n`);
  chmodSync(`${bin.path}/kubectl`, 0o755);
}

beforeEach(() => {
  bin = temporaryFolder();
  process.env.PATH = [bin.path, path].join(delimiter);
});

afterEach(() => {
  process.env.PATH = path;
  if (kubeconfig === undefined) {
    delete process.env.KUBECONFIG;
  } else {
    process.env.KUBECONFIG = kubeconfig;
  }
  bin[Symbol.dispose]();
});

const available = (of: Target) => withKubectl(of, { kubeconfig: "credential" }, readyNamespaces);

const leftFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("openclaw-kubeconfig-"));

test("a managed cluster is asked with the last update's kubeconfig, in a file for its owner alone that is gone afterwards", async () => {
  kubectl('echo "$(cat "$KUBECONFIG")-$(stat -c %a "$KUBECONFIG") 1 1 1 1 1"');
  const before = leftFolders();
  expect(await available(target)).toEqual(new Set(["credential-600"]));
  expect(leftFolders()).toEqual(before);
});

test("a context of one's own goes before it", async () => {
  kubectl('echo "$2-$(basename "$KUBECONFIG") 1 1 1 1 1"');
  process.env.KUBECONFIG = "/home/me/.kube/config";
  const asked = await available({ ...target, context: "mine" });
  expect(asked).toEqual(new Set(["mine-config"]));
});

test("a credential that has ended is said to be that, with the way to another, and leaves no file", async () => {
  kubectl("echo 'error: You must be logged in to the server (Unauthorized)' >&2; exit 1");
  const before = leftFolders();
  await expect(available(target)).rejects.toThrow(
    /\(Unauthorized\)\nThe credential .* `npm run up -- --stack ack-cell-01` is given another/,
  );
  expect(leftFolders()).toEqual(before);
});
