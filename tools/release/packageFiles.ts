import { z } from "zod";

/** The files of npm that hold the version, written as npm writes them. */

const packageSchema = z.object({ version: z.string() });
const lockSchema = packageSchema.extend({ packages: z.object({ "": packageSchema }) });

export const versionOf = (packageJson: string): string => parsed(packageSchema, packageJson).version;

export function packageWith(text: string, version: string): string {
  const file = parsed(packageSchema, text);
  file.version = version;
  return npmText(file);
}

export function lockWith(text: string, version: string): string {
  const file = parsed(lockSchema, text);
  file.version = version;
  file.packages[""].version = version;
  return npmText(file);
}

/** The value itself, of which the schema says a part: what the schema makes of it has its keys in another order. */
function parsed<T>(schema: z.ZodType<T>, text: string): T {
  const value: unknown = JSON.parse(text);
  schema.parse(value);
  return value as T;
}

const npmText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
