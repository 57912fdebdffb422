/** The value of a JSON text from outside; `undefined` if it is none, for a schema to report. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON on one line for a program. A terminal or a CI's log may get it all the same, so nothing in it means anything to them. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}]|#(?=#)/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
