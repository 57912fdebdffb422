import { expect, test } from "vitest";
import { checkIsSetUp, engineFor } from "../../tools/cli/session.ts";

test("the embedded cluster takes any engine", () => {
  expect(engineFor({ kind: "embedded", stack: "dev" })).toEqual({ choice: undefined });
});

test.each([
  ["ack-platform", "ack"],
  ["ack-cell-01", "ack"],
  ["tke-platform", "tke"],
  ["tke-cell-01", "tke"],
])("%s takes the official engine, and the message says why", (stack, kind) => {
  expect(engineFor({ kind: "own", stack })).toMatchObject({
    choice: "official",
    reason: `The stack ${stack} is on a cluster of kind ${kind}, which takes the official engine`,
  });
});

test("stand-ins are refused where a cloud's own plugin is needed", () => {
  expect(() => engineFor({ kind: "own", stack: "ack-cell-01", engine: "stand-in" })).toThrow(
    "its cloud's plugin has no stand-in. Leave out --engine stand-in.",
  );
});

test("a cell of ACK tried on the embedded cluster takes any engine", () => {
  expect(engineFor({ kind: "embedded", stack: "ack-cell-01" })).toEqual({ choice: undefined });
});

test("a stack that nobody has set up is refused before an engine is looked for", () => {
  expect(() => checkIsSetUp({ kind: "own", stack: "ack-platform" })).toThrow(
    "Pulumi.ack-platform.yaml still has placeholders",
  );
});

test("a cell that is only tried on the embedded cluster takes what it lacks from dev", () => {
  expect(() => checkIsSetUp({ kind: "embedded", stack: "ack-cell-01" })).not.toThrow();
  expect(() => checkIsSetUp({ kind: "own", stack: "dev" })).not.toThrow();
});
