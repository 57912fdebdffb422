import { afterEach, beforeEach, expect, test } from "vitest";
import { withoutStackTraces } from "../../components/stackTraces.ts";

const hasTrace = (): boolean => (new Error("here").stack ?? "").includes("stackTraces.test.ts");

let before: PropertyDescriptor | undefined;
beforeEach(() => {
  before = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit");
});
afterEach(() => {
  // Of the test's own process, whatever the code has left there.
  if (before) {
    Object.defineProperty(Error, "stackTraceLimit", before);
  }
});

test("no stack trace is collected inside, even after the limit is raised", () => {
  const inside = withoutStackTraces(() => {
    Error.stackTraceLimit = 100;
    return hasTrace();
  });
  expect(inside).toBe(false);
  expect(Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")).toEqual(before);
});

test("stack traces are back after a return, and after a throw", () => {
  expect(withoutStackTraces(() => "result")).toBe("result");
  expect(hasTrace()).toBe(true);
  const refuse = () => {
    throw new Error("no");
  };
  expect(() => withoutStackTraces(refuse)).toThrow("no");
  expect(hasTrace()).toBe(true);
});

test("stack traces stay away until a promise settles, and are back when it is kept or broken", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const kept = withoutStackTraces(() => promise);
  expect(hasTrace()).toBe(false);
  resolve("result");
  expect(await kept).toBe("result");
  expect(hasTrace()).toBe(true);
  await expect(withoutStackTraces(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(hasTrace()).toBe(true);
});
