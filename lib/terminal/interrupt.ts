import { Interrupted } from "./errors.ts";

/**
 * One Ctrl-C reaches a process under npm twice, from the terminal and forwarded by npm; signals this close together
 * are one.
 */
const samePress = 700;

type Listener = (press: number) => void;

const listeners = new Set<Listener>();
let presses = 0;
let lastPress = 0;
let installed = false;

function onSignal(): void {
  const now = Date.now();
  if (now - lastPress < samePress) {
    return;
  }
  lastPress = now;
  presses += 1;
  if (listeners.size === 0) {
    process.exit(new Interrupted().exitCode);
  }
  for (const listener of [...listeners]) {
    listener(presses);
  }
}

/**
 * Calls `listener` at every Ctrl-C (or SIGTERM, SIGHUP) with its number, 1 for the first, until the returned function
 * is called. While nobody listens a signal ends the process.
 */
export function onInterrupt(listener: Listener): () => void {
  if (!installed) {
    installed = true;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, onSignal);
    }
  }
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @throws Interrupted if there has been a Ctrl-C */
export function throwIfInterrupted(): void {
  if (presses > 0) {
    throw new Interrupted();
  }
}
