import { createRequire } from "node:module";

/**
 * Drops the SDK's debug messages. It sends some four of them to the engine for every resource, one call each,
 * whether or not anybody asked for them (`--debug`), and one of the four is the engine's whole answer as text, with
 * the values of secrets in the clear. docs/performance.md has what it saves. Warnings and errors are not touched.
 */
export function dropDebugMessages(): void {
  // The module itself: what `pulumi.log` shows of it cannot be assigned to.
  const log: { debug: () => Promise<void> } = createRequire(import.meta.url)("@pulumi/pulumi/log");
  log.debug = () => Promise.resolve();
}
