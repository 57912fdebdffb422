import { styleText } from "node:util";
import { printable, printableLines } from "../text.ts";

/**
 * Progress on stderr. On a terminal one live line; elsewhere (CI, a pipe) a line at the start, one
 * every 15 seconds and one at the end, so that there is never a silent minute.
 */
export interface Progress {
  /** A line that stays. */
  say(text: string): void;
  /** Starts a step; `detail` is asked for at every refresh. */
  step(label: string, detail?: () => string): Step;
}

export interface Step {
  done(text?: string): void;
  fail(text?: string): void;
}

const liveInterval = 200;
const quietInterval = 15_000;

export function secondsText(milliseconds: number): string {
  // Rounded first: what is left of a minute is never 60 s.
  const tenths = Math.round(milliseconds / 100);
  if (tenths < 100) {
    return `${(tenths / 10).toFixed(1)} s`;
  }
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const live = stream.isTTY === true;
  const running = new Set<{ text: () => string }>();
  let drawn = false;
  let timer: NodeJS.Timeout | undefined;

  const clear = () => {
    if (drawn) {
      stream.write("\r\x1b[2K");
      drawn = false;
    }
  };
  const draw = () => {
    clear();
    if (running.size > 0) {
      const text = printable([...running].map((step) => step.text()).join(" · "));
      stream.write(styleText("dim", text.slice(0, Math.max(20, (stream.columns ?? 80) - 1)), { stream }));
      drawn = true;
    }
  };
  const tick = () => {
    if (live) {
      draw();
    } else {
      for (const step of running) {
        write(step.text());
      }
    }
  };
  const write = (text: string) => stream.write(`${printableLines(text)}\n`);
  const say = (text: string) => {
    clear();
    write(text);
    if (live) {
      draw();
    }
  };

  return {
    say,
    step(label, detail = () => "") {
      const started = Date.now();
      const elapsed = () => secondsText(Date.now() - started);
      const entry = { text: () => [label, elapsed(), detail()].filter((part) => part !== "").join(", ") };
      running.add(entry);
      timer ??= setInterval(tick, live ? liveInterval : quietInterval).unref();
      if (!live) {
        write(label);
      }
      const end = (text: string) => {
        running.delete(entry);
        say(`${text} (${elapsed()})`);
        if (running.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      };
      return {
        done: (text = label) => end(text),
        fail: (text = `${label}: failed`) => end(text),
      };
    },
  };
}

/** Progress that is not shown: for tests, and for commands that print only their result. */
export const silentProgress: Progress = {
  say: () => {},
  step: () => ({ done: () => {}, fail: () => {} }),
};
