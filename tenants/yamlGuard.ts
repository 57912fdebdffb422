import { CST, Parser } from "yaml";

/** A place in a text that is refused before anything is built from it. */
export interface Refusal {
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
}

/** Levels. A tenant file needs three: the file, the list of users, a user. */
const maxDepth = 8;

/** Pairs and list entries. Two hundred users are about 800; the time to build a document grows with the square of it. */
const maxItems = 4_000;

/** Features of YAML that a tenant file may not use, by the token's type. */
const refusedTokens: Readonly<Record<string, readonly [found: string, expected: string]>> = {
  anchor: ["an anchor (&)", "the value written out; anchors are not allowed in tenant files"],
  alias: ["an alias (*)", "the value written out; aliases are not allowed in tenant files"],
  tag: ["a tag (!)", 'a plain value, or one in quotation marks if it begins with "!"'],
  directive: ["a directive (%)", "no directives; tenant files are YAML 1.2"],
};

/** Everything but tab and line ends; U+FEFF is a byte order mark in a place where it shows even less. */
const strayCharacter = /(?![\t\n]|\r\n)[\p{Cc}\ufeff]/u;

/**
 * The reasons why a text must not be composed: control characters, anchors, aliases, tags, directives (the first of each),
 * nesting and size. It looks at characters and at the parser's syntax tree, which is made without recursion, and enters
 * that no deeper than a tenant file may go, so that no text can make it expand or overflow.
 */
export function refusals(text: string): Refusal[] {
  const stray = strayCharacter.exec(text);
  // The lexer uses control characters as marks of its own, so it must not meet others.
  return stray ? [strayRefusal(stray)] : syntaxRefusals(text);
}

function strayRefusal({ 0: character, index }: RegExpExecArray): Refusal {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return {
    offset: index,
    found: `the control character U+${code}`,
    expected: "text without control characters",
  };
}

function syntaxRefusals(text: string): Refusal[] {
  const found = new Map<string, Refusal>();
  const refuse = (kind: string, offset: number, what: string, expected: string) => {
    if (!found.has(kind)) {
      found.set(kind, { offset, found: what, expected });
    }
  };
  const judge = ({ type, offset }: Pick<CST.Token, "type" | "offset">) => {
    const refused = refusedTokens[type];
    if (refused) {
      refuse(type, offset, ...refused);
    }
  };
  let items = 0;
  for (const token of new Parser().parse(text)) {
    judge(token);
    if (token.type !== "document") {
      continue;
    }
    CST.visit(token, (item, path) => {
      const { start, key, sep = [], value } = item;
      const parts = [...start, ...(key ? [key] : []), ...sep, ...(value ? [value] : [])];
      parts.forEach(judge);
      if (++items > maxItems) {
        const offset = parts[0]?.offset ?? token.offset;
        refuse("size", offset, `more than ${maxItems} values`, "a tenant file, which needs a few dozen");
        return CST.visit.BREAK;
      }
      const inner = [key, value].find((part) => CST.isCollection(part));
      if (inner === undefined || path.length < maxDepth) {
        return undefined;
      }
      const what = `more than ${maxDepth} levels of nesting`;
      refuse("depth", inner.offset, what, "at most three, as users are written");
      return CST.visit.SKIP;
    });
  }
  return [...found.values()];
}
