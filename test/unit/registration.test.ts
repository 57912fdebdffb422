import { expect, test } from "vitest";
import { registerEach } from "../../components/registration.ts";

/** A component whose registration ends when the test says so. */
function component() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { settled: promise, settle: resolve };
}

/** Lets everything run that waits for nothing but promises that are settled. */
const idle = () => new Promise((resolve) => setImmediate(resolve));

function registering(count: number) {
  const items = Array.from({ length: count }, (_, index) => index);
  const begun: ReturnType<typeof component>[] = [];
  const done = registerEach(items, () => {
    const made = component();
    begun.push(made);
    return made;
  });
  return { begun, done };
}

test("up to a hundred components are registered at once", async () => {
  const { begun, done } = registering(100);
  await idle();
  expect(begun).toHaveLength(100);
  for (const { settle } of begun) {
    settle();
  }
  expect(await done).toEqual(begun);
});

test("of more than a hundred no more than six are in flight, and the next follows each that is registered", async () => {
  const { begun, done } = registering(101);
  await idle();
  expect(begun).toHaveLength(6);
  for (let settled = 0; settled < 101; settled += 1) {
    expect(begun).toHaveLength(Math.min(settled + 6, 101));
    begun[settled]?.settle();
    await idle();
  }
  expect(await done).toEqual(begun);
});

test("components are all registered before anything goes on", async () => {
  const { begun, done } = registering(3);
  let isDone = false;
  const finished = done.then(() => {
    isDone = true;
  });
  begun[0]?.settle();
  begun[2]?.settle();
  await idle();
  expect(isDone).toBe(false);
  begun[1]?.settle();
  await finished;
  expect(isDone).toBe(true);
});

test("an error in a component still says where it comes from, after others were waited for", async () => {
  const failing = registerEach(
    Array.from({ length: 101 }, (_, index) => index),
    (index) => {
      if (index === 10) {
        throw new Error("no");
      }
      return { settled: Promise.resolve() };
    },
  );
  const error: unknown = await failing.catch((reason) => reason);
  expect(error).toMatchObject({ stack: expect.stringContaining("registration.test.ts") });
});
