/**
 * Runs `body`, until the promise it may return settles, without V8 collecting stack traces.
 *
 * For the SDK's own work: it formats a stack trace for each of the hundred promises it keeps for a resource, and
 * saves one in the state for every resource, a quarter of it. Errors of the SDK name the resource instead, and
 * errors of our own code are thrown outside. docs/performance.md has what it saves.
 *
 * A smaller limit would not do, because the SDK raises it for some traces; with an accessor in the property's place
 * V8 collects none, and what the SDK assigns has no effect.
 */
export function withoutStackTraces<T>(body: () => T): T {
  const before = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit");
  const restore = () => {
    if (before) {
      Object.defineProperty(Error, "stackTraceLimit", before);
    }
  };
  Object.defineProperty(Error, "stackTraceLimit", { configurable: true, get: () => 0, set: () => {} });
  let result: T;
  try {
    result = body();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) {
    return result.finally(restore) as T;
  }
  restore();
  return result;
}
