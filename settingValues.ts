/** What values in Pulumi.<stack>.yaml mean, for the program and for the tools that read those files. */

/** A setting that is wrong: its path below its key, and why. */
export interface SettingProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Structured values arrive as JSON text, plain ones as they are. */
export function parseValue(text: string | undefined): unknown {
  if (text === undefined || text === "") {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `<organization>` and the like, as the committed files of stacks that nobody has set up yet have them. */
export function placeholders(value: unknown, path: readonly PropertyKey[] = []): SettingProblem[] {
  if (typeof value === "string") {
    const [found] = /<[^<>]*>/.exec(value) ?? [];
    return found === undefined ? [] : [{ path, message: `${found} is a placeholder; write what is true` }];
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => placeholders(inner, [...path, key]))
    : [];
}
