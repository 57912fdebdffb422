import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { UsageError } from "../../lib/terminal/errors.ts";

export interface Help {
  /** One line: `npm run up -- [options] [-- options of pulumi]`. */
  readonly usage: string;
  /** The description of the command and of each option. */
  readonly text: string;
}

/** The command's own arguments: all before a bare `--`. */
export function ownArguments(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return end === -1 ? argv : argv.slice(0, end);
}

/**
 * Parses a command line. Everything behind a bare `--` is left alone, for the program that the command runs.
 *
 * @param words names of the words that it must have besides its options, in their order
 * @returns undefined when `--help` was asked for and has been printed
 * @throws UsageError for an unknown option, a missing value or a stray word
 */
export function parseCommand<const Options extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  options: Options,
  help: Help,
  words: readonly string[] = [],
) {
  const own = ownArguments(argv);
  const rest = argv.slice(own.length + 1);
  if (own.includes("--help") || own.includes("-h")) {
    console.log(`usage: ${help.usage}\n\n${help.text}`);
    return undefined;
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...own],
      options,
      strict: true,
      allowPositionals: words.length > 0,
    });
    if (positionals.length !== words.length) {
      throw new TypeError(`${words.join(" and ")} must be given, and nothing else besides options`);
    }
    return { values, rest, words: positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) {
      throw error;
    }
    throw new UsageError(`${error.message}\nusage: ${help.usage}; --help tells more`);
  }
}
