/** The meaning of values in Pulumi.<stack>.yaml, for the program and for the commands that read those files. */

/** A setting that is wrong: its path below its key, and why. */
export interface SettingProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Structured values arrive as JSON text, plain ones as they are. */
export function parseValue(text: string | undefined): unknown {
  const given = textValue(text);
  if (given === undefined) {
    return undefined;
  }
  try {
    return JSON.parse(given, (_, value) => (typeof value === "string" ? dateOf(value) : value));
  } catch {
    return given;
  }
}

/** The value of a setting that is text whatever it looks like, such as a folder named 2027. */
export const textValue = (text: string | undefined): string | undefined =>
  text === undefined || text === "" ? undefined : dateOf(text);

/** The date in a timestamp: YAML reads an unquoted date as one, and Pulumi prints it as Go does, 2027-06-01 00:00:00 +0000 UTC. */
const dateOf = (text: string): string => text.replace(/^(\d{4}-\d\d-\d\d) 00:00:00 \+0000 UTC$/, "$1");

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
