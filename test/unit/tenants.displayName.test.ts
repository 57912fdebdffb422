import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isVisibleText } from "../../tenants/displayName.ts";
import { loadTenants } from "../../tenants/load.ts";
import { problemIn } from "../fixtures/problems.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

test.each([
  "Acme Trading",
  "R&D *1 !important (N.V.) #7",
  "北京云图科技（上海）有限公司",
  "株式会社\u3000アクメ",
  "Société Générale",
  "Socie\u0301te\u0301",
  "Đặng Thị Ngọc",
  "שָׁלוֹם",
  "شركة",
  "می\u200cخواهم",
  "ශ්\u200dරී ලංකා",
  "क्\u200dष",
  "ประเทศไทย",
  "한국",
  "Team 👩‍🔬",
  "👩🏽‍🚀 ❤️ 🏳️‍🌈 👨‍👩‍👧‍👦",
  "🇨🇳 1️⃣ #️⃣",
  "Acme™",
])("the name %j is taken", (displayName) => {
  using folder = temporaryFolder({ "acme.yaml": tenantYaml({ displayName }) });
  expect(loadTenants(folder.path)).toMatchObject([{ displayName }]);
});

describe("refused is a name", () => {
  test.each([
    ["that shows nothing: zero-width space", "\u200b"],
    ["that shows nothing: zero-width joiner", "\u200d"],
    ["that shows nothing: soft hyphen", "\u00ad"],
    ["that shows nothing: word joiner", "\u2060"],
    ["that shows nothing: Hangul fillers", "\u3164\u115f\u1160\uffa0"],
    ["that shows nothing: blank Braille pattern", "\u2800"],
    ["that shows nothing: variation selector", "\ufe0f"],
    ["that shows nothing: Mongolian vowel separator", "\u180e"],
    ["that shows nothing: ideographic space", "\u3000"],
    ["that shows nothing: no-break space", "\u00a0"],
    ["that shows nothing: grapheme joiner", "\u034f"],
    ["that shows nothing: blank hieroglyph", "\u{13441}"],
    ["that shows nothing: a null notehead", "\u{1d159}"],
    ["of an object's place", "\ufffc"],
    ["of no character", "\uffff"],
    ["of a character for private use", "\ue000"],
    ["of an unassigned character", "\u{e0fff}"],
    ["of half a character", "\ud83d"],
    ["with tags behind it", "Acme\u{e0069}\u{e007f}"],
    ["with a zero-width space in it", "Ac\u200bme"],
    ["with a byte order mark in it", "Ac\u2060me"],
    ["with a joiner between Latin letters", "Ac\u200dme"],
    ["with a non-joiner between Latin letters", "Ac\u200cme"],
    ["with a variation selector behind a letter", "Acme\ufe0f"],
    ["with a joiner at its end", "👩\u200d"],
    ["with a joiner at its beginning", "\u200d👩"],
    ["with two joiners", "👩\u200d\u200d🔬"],
    ["with a filler between letters", "Ac\u3164me"],
    ["that begins with a combining mark", "\u0301Acme"],
    ["with a combining mark on a space", "Acme \u0301"],
    ["with two spaces", "Acme  Trading"],
    ["with two kinds of space", "Acme \u3000Trading"],
    ["with a no-break space", "Acme\u00a0Trading"],
    ["with a tab", "Acme\tTrading"],
    ["with a line separator", "Acme\u2028Trading"],
    ["with a space at its beginning", " Acme"],
    ["with an ideographic space at its end", "Acme\u3000"],
    ["that turns around", "Acme\u202emoc"],
    ["that isolates", "\u2066Acme\u2069"],
    ["with a mark of direction", "Acme\u200e"],
  ])("%s", (_, displayName) => {
    expect(isVisibleText(displayName)).toBe(false);
    // As an escape: some of these no YAML file may hold as they are.
    const written = `displayName: ${JSON.stringify(displayName)}\n`;
    expect(problemIn(`${written}${tenantYaml({ displayName: undefined })}`).path).toBe("displayName");
  });
});

describe("whatever is taken", () => {
  const joiners = /\u200c|\u200d|\ufe0f/gu;
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 2 }),
    fc.string({ unit: "grapheme", maxLength: 4 }),
    fc.constantFrom(
      "\u200d",
      "\ufe0f",
      "👩",
      "🔬",
      "🏽",
      " ",
      "\u3000",
      "\u0301",
      "\u20e3",
      "1",
      "a",
      "ක්",
      "م",
    ),
    fc.constantFrom("\u200b", "\u3164", "\u2800", "\u{e0069}", "\u202e", "\u034f", "\u00a0"),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));

  test("shows something, and nothing in it is hidden but what joins emoji and scripts", () => {
    fc.assert(
      fc.property(text, (name) => {
        fc.pre(isVisibleText(name));
        const rest = name.replace(joiners, "");
        expect(rest).toMatch(/[\p{L}\p{N}\p{P}\p{S}]/u);
        expect(rest).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u);
        expect(rest).not.toMatch(
          /(?![ \u3000])\p{Zs}|[ \u3000]{2}|^[ \u3000]|[ \u3000]$|[ \u3000]\p{M}|^\p{M}/u,
        );
      }),
      { numRuns: 5_000 },
    );
  });
});
