import { expect, test } from "vitest";
import { upArguments } from "../../ops/stack/pulumi.ts";

const own = { kind: "own", stack: "cell-01" } as const;
const embedded = { kind: "embedded", stack: "dev" } as const;
const bucket = { PULUMI_BACKEND_URL: "s3://states?region=cn-hangzhou" };

test.for([
  ["dev", embedded, [], {}],
  ["dev whose policies are configured and not named", embedded, ["--policy-pack-config", "a.json"], {}],
  ["a stack in a bucket", own, [], bucket],
  ["a stack in a file", own, [], { PULUMI_BACKEND_URL: "file:///states" }],
] as const)("an update of %s has no preview of its own", ([, target, rest, env]) => {
  const args = upArguments(target, rest, env);
  expect(args).toContain("--skip-preview");
  expect(args).not.toContain("--skip-preview=false");
});

test.for([
  ["a pack", embedded, ["--policy-pack", "policy"], {}],
  ["a pack after other options", embedded, ["--diff", "--policy-pack=policy"], {}],
  ["a pack that the environment names", embedded, [], { PULUMI_OPTION_POLICY_PACK: "policy" }],
  ["a pack, in a bucket", own, ["--policy-pack", "policy"], bucket],
  ["whatever Pulumi Cloud enforces", own, [], {}],
  ["whatever another service enforces", own, [], { PULUMI_BACKEND_URL: "https://pulumi.company.example" }],
] as const)("an update that is judged by %s is previewed first", ([, target, rest, env]) => {
  const args = upArguments(target, rest, env);
  expect(args).toContain("--skip-preview=false");
  expect(args).not.toContain("--skip-preview");
});

test("further options come last, so that they win", () => {
  const rest = ["--policy-pack", "policy", "--skip-preview"];
  expect(upArguments(own, rest, {}).slice(-3)).toEqual(rest);
});
