/** The value of a JSON text from outside; `undefined` if it is none, for a schema to report. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
