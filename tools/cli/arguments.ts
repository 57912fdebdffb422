import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { UsageError } from "../terminal/errors.ts";

export interface Help {
  /** One line: `npm run up -- [options] [-- options of pulumi]`. */
  readonly usage: string;
  /** What the command does, and each option. */
  readonly text: string;
}

/**
 * Parses a command line. Everything behind a bare `--` is left alone, for the program that the command runs.
 *
 * @returns undefined when `--help` was asked for and has been printed
 * @throws UsageError for an unknown option, a missing value or a stray word
 */
export function parseCommand<const Options extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  options: Options,
  help: Help,
) {
  const end = argv.indexOf("--");
  const own = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end + 1);
  if (own.includes("--help") || own.includes("-h")) {
    console.log(`usage: ${help.usage}\n\n${help.text}`);
    return undefined;
  }
  try {
    const { values } = parseArgs({ args: [...own], options, strict: true, allowPositionals: false });
    return { values, rest };
  } catch (error) {
    if (!(error instanceof TypeError)) {
      throw error;
    }
    throw new UsageError(`${error.message}\nusage: ${help.usage}; --help tells more`);
  }
}
