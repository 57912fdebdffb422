import { Instrumenter } from "@stryker-mutator/instrumenter";

/** One small change of one file, which a test should notice. */
export interface Mutant {
  readonly id: string;
  /** Path in the repository. */
  readonly file: string;
  readonly line: number;
  /** The kind of change, by Stryker's name. */
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

export interface SourceFile {
  readonly name: string;
  readonly content: string;
}

/** Texts are left as they are: of those of objects the inventories in test/golden have every one, others are read by people. */
const excludedMutations = ["StringLiteral"];

const silent = () => {};
const quietLogger: ConstructorParameters<typeof Instrumenter>[0] = {
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
};

/** The files with every mutant in them, each behind a switch, and the list of the mutants. */
export async function instrument(
  sources: readonly SourceFile[],
): Promise<{ files: readonly SourceFile[]; mutants: readonly Mutant[] }> {
  const files = sources.map((source) => ({ ...source, mutate: true }));
  const options = { plugins: null, excludedMutations, ignorers: [], noHeader: false };
  const result = await new Instrumenter(quietLogger).instrument(files, options);
  const lines = new Map(sources.map(({ name, content }) => [name, content.split("\n")]));
  const mutants = result.mutants
    .filter(({ status }) => status !== "Ignored")
    .map(({ id, fileName, location: { start, end }, mutatorName, replacement }) => {
      const covered = lines.get(fileName)?.slice(start.line, end.line + 1) ?? [];
      const last = covered.pop()?.slice(0, end.column) ?? "";
      const original = oneLine([...covered, last].join("\n").slice(start.column));
      return {
        id,
        file: fileName,
        line: start.line + 1,
        mutator: mutatorName,
        original,
        replacement: oneLine(replacement),
      };
    });
  return { files: result.files, mutants };
}

const oneLine = (code: string): string => code.replaceAll(/\s+/g, " ");

const longestCode = 100;
export const shortened = (code: string): string =>
  code.length > longestCode ? `${code.slice(0, longestCode)} …` : code;

/** A mutant's text in the list, without its line, which changes with others. */
export const keyOf = ({ file, original, replacement }: Mutant): string =>
  `${file}: ${shortened(original)} → ${shortened(replacement)}`;
