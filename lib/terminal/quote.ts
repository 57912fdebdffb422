/** A word that a POSIX shell reads back as exactly this text, whatever is in it. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function exportLine(name: string, value: string): string {
  return `export ${name}=${shellQuote(value)}`;
}
