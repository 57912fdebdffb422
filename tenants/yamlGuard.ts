import { CST, Lexer } from "yaml";

/** A place in a text that is refused before anything is built from it. */
export interface Refusal {
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
}

/** Levels. A tenant file needs three: the file, the list of users, a user. */
const maxDepth = 8;

/** Two hundred users take about 4,000; the time to build a document grows with the square of it. */
const maxTokens = 20_000;

/** What in YAML a tenant file may not use, by the lexer's token type. */
const refusedTokens: Readonly<Record<string, readonly [found: string, expected: string]>> = {
  anchor: ["an anchor (&)", "the value written out; anchors are not allowed in tenant files"],
  alias: ["an alias (*)", "the value written out; aliases are not allowed in tenant files"],
  tag: ["a tag (!)", 'a plain value, or one in quotation marks if it begins with "!"'],
  "directive-line": ["a directive (%)", "no directives; tenant files are YAML 1.2"],
};

/** Everything but tab and line ends; U+FEFF is a byte order mark in a place where it shows even less. */
const strayCharacter = /(?![\t\n]|\r\n)[\p{Cc}\ufeff]/u;

/**
 * What makes a text unfit to be parsed: control characters, anchors, aliases, tags, directives (the first of
 * each), nesting and size. It looks at characters and tokens alone, in one pass and without recursion, so that no
 * text can make it expand or overflow.
 */
export function refusals(text: string): Refusal[] {
  const stray = strayCharacter.exec(text);
  // The lexer uses control characters as marks of its own, so it must not meet others.
  return stray ? [strayRefusal(stray)] : tokenRefusals(text);
}

function strayRefusal({ 0: character, index }: RegExpExecArray): Refusal {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return {
    offset: index,
    found: `the control character U+${code}`,
    expected: "text without control characters",
  };
}

function tokenRefusals(text: string): Refusal[] {
  const found = new Map<string, Refusal>();
  const refuse = (kind: string, offset: number, what: string, expected: string) => {
    if (!found.has(kind)) found.set(kind, { offset, found: what, expected });
  };
  const depth = new DepthMeter();
  let tokens = 0;
  for (const { type, offset } of positionedTokens(text)) {
    if (++tokens > maxTokens) {
      refuse("size", offset, `more than ${maxTokens} YAML tokens`, "a tenant file, which needs a few dozen");
      break;
    }
    const refused = refusedTokens[type];
    if (refused) refuse(type, offset, ...refused);
    if (depth.after(type) > maxDepth) {
      refuse(
        "depth",
        offset,
        `more than ${maxDepth} levels of nesting`,
        "at most three, as users are written",
      );
    }
  }
  return [...found.values()];
}

/** Brackets opened and not closed, plus the collections begun on the current line (`- - - -`, `? ? ? ?`). */
class DepthMeter {
  #brackets = 0;
  #begunOnLine = 0;

  after(type: string): number {
    if (type === "flow-map-start" || type === "flow-seq-start") this.#brackets++;
    if (type === "flow-map-end" || type === "flow-seq-end") this.#brackets--;
    if (type === "seq-item-ind" || type === "explicit-key-ind") this.#begunOnLine++;
    if (type === "newline") this.#begunOnLine = 0;
    return this.#brackets + this.#begunOnLine;
  }
}

/** The lexer marks where documents, flow collections and scalars begin or end with characters of its own. */
const markers: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

function* positionedTokens(text: string): Generator<{ type: string; offset: number }> {
  let offset = 0;
  for (const source of new Lexer().lex(text)) {
    if (markers.has(source)) continue;
    // No text of a scalar can begin like an anchor, an alias, a tag or a bracket, so its first character tells.
    yield { type: CST.tokenType(source) ?? "scalar", offset };
    offset += source.length;
  }
}
