import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { refusal } from "../../components/refusal.ts";
import { jsonText } from "../../lib/system/json.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { tableLines } from "../../lib/terminal/table.ts";
import { printable, printableLines } from "../../lib/text.ts";
import { main as check } from "../../ops/commands/check.ts";
import { inspectFleet } from "../../ops/fleet/inspection.ts";
import { runMain } from "../../ops/main.ts";
import { reviewOf } from "../../ops/review/collect.ts";
import { commentOf } from "../../ops/review/comment.ts";
import { noPreview } from "../../ops/review/preview.ts";
import { readSettings } from "../../settings/index.ts";
import { readFleet } from "../../settings/stacks.ts";
import { stackConfig } from "../fixtures/program.ts";
import { review } from "../fixtures/review.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

afterEach(() => void vi.restoreAllMocks());

/** What a report must never hold, whatever files hold and are called. */
function expectPrintable(report: string): void {
  for (const line of report.split("\n")) {
    expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    // GitHub takes blanks before a command away, and finds the older kind anywhere.
    expect(line).not.toMatch(/^\s*::|##\w*\[/u);
  }
}

const hostilePiece = fc.oneof(
  fc.constantFrom("\n::stop-commands::x\n", "::error::", "\n  ::add-mask::tenants", "##[group]", "##vso[a]b"),
  fc.constantFrom(
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\u0000",
    "\u001b[2J",
    "\u0085",
    "\u2028",
    "\u2029",
    "\u202e",
    "\ufeff",
  ),
  fc.constantFrom(
    "\u200b",
    "\u{e0061}",
    "\ud800",
    "\u{10ffff}",
    ":",
    "#",
    "[",
    "{",
    "config:",
    "a: b",
    "- ",
    '"',
  ),
  fc.string({ unit: "binary", maxLength: 3 }),
);
const hostileText = fc.array(hostilePiece, { maxLength: 8 }).map((pieces) => pieces.join(""));

/** The name of a file: neither a slash nor NUL, and no longer than file systems take. */
const hostileName = hostileText
  .map((text) =>
    Buffer.from(text.replace(/[/\0]/g, "").toWellFormed()).subarray(0, 200).toString().toWellFormed(),
  )
  .map((text) => text.replaceAll("\ufffd", ""));

/** What a command prints on either stream. */
async function printed(command: () => Promise<number>): Promise<string> {
  const streams = [vi.spyOn(console, "log"), vi.spyOn(console, "error")];
  for (const stream of streams) {
    stream.mockReturnValue();
  }
  await command();
  const lines = streams.flatMap(({ mock }) => mock.calls.map((words) => words.join(" ")));
  vi.restoreAllMocks();
  return lines.join("\n");
}

describe("text of several lines", () => {
  test.each([
    ["::stop-commands::x", "\\u{3a}:stop-commands::x"],
    ["a\n  ::error::b", "a\n  \\u{3a}:error::b"],
    ["a ::b", "a ::b"],
    ["x ##[error]y", "x \\u{23}#[error]y"],
    ["##vso[task.x]y", "\\u{23}#vso[task.x]y"],
    ["### Heading", "### Heading"],
    ["a\tb\r\n\u001b[2Jc\rd", "a  b\n\\u{1b}[2Jc\\u{d}d"],
  ])("%j is shown as %j", (text, shown) => {
    expect(printableLines(text)).toBe(shown);
  });

  test("is printable, whatever it holds, and stays as it is a second time", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expectPrintable(printableLines(text));
        expect(printableLines(printableLines(text))).toBe(printableLines(text));
        expect(printable(text)).not.toContain("\n");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("whatever a file holds and is called, printable is the report of", () => {
  test("the check, and so are the texts in its JSON", async () => {
    await fc.assert(
      fc.asyncProperty(
        hostileName,
        fc.oneof(hostileText, fc.constant(tenantYaml())),
        async (name, content) => {
          using folder = temporaryFolder({ [`north/x${name}.yaml`]: content, "north/acme.yaml": content });
          expectPrintable(await printed(() => check(["--tenants", folder.path])));
          const { problems } = JSON.parse(await printed(() => check(["--tenants", folder.path, "--json"])));
          for (const problem of problems) {
            expectPrintable(Object.values(problem).join(" "));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test("the check, of an id in two cells", async () => {
    using folder = temporaryFolder();
    for (const cell of ["north", "south\n::x::"]) {
      mkdirSync(join(folder.path, cell));
      writeFileSync(join(folder.path, cell, "a\n::stop-commands::x\n.yaml"), tenantYaml());
    }
    const report = await printed(() => check(["--tenants", folder.path]));
    expectPrintable(report);
    expect(report).toMatch(
      /which is also in .*south\\u\{a\}::x::\/a\\u\{a\}::stop-commands::x\\u\{a\}\.yaml|north/,
    );
  });

  test("a review", () => {
    fc.assert(
      fc.property(hostileName, hostileText, (name, content) => {
        using folder = temporaryFolder({
          [`Pulumi.x${name}.yaml`]: content,
          "tenants/tenant.schema.json": "{}",
          [`tenants/dev/x${name}.yaml`]: content,
        });
        const none = { fleet: [], isRead: true, tenants: [], problems: [] };
        const files = [`x${name}.yaml`, `tenants/y/${name}.yaml`, `Pulumi.${name}x.yaml`].map((path) => ({
          path,
          status: "deleted" as const,
        }));
        const changes = { mergeBase: "b", head: "a", hasUncommitted: false, files };
        const found = reviewOf("main", changes, none, inspectFleet({ folder: folder.path }));
        const failed = noPreview(content, "failed", content);
        const warned = { ...noPreview(content, "failed", content), warnings: [content, name] };
        expectPrintable(commentOf({ ...found, previews: [failed, warned] }));
      }),
      { numRuns: 150 },
    );
  });

  test("the stack's settings, of the program", async () => {
    await pulumi.runtime.setMocks(
      { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
      "openclaw",
      "dev",
    );
    fc.assert(
      fc.property(hostileText, hostileText, (key, value) => {
        pulumi.runtime.setAllConfig({
          ...stackConfig("dev"),
          [`openclaw:${key}x`]: value,
          "openclaw:cluster": JSON.stringify({ kind: value, [key]: `<${value}>` }),
          "openclaw:instance": JSON.stringify({ image: value }),
        });
        let message = "";
        try {
          readSettings();
        } catch (error) {
          message = error instanceof pulumi.RunError ? error.message : expect.fail(String(error));
        }
        expect(message).not.toBe("");
        expectPrintable(message);
      }),
      { numRuns: 150 },
    );
  });

  test("a command that cannot go on", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        expectPrintable(await printed(() => runMain(["review", "--base", `x${text.replaceAll("\0", "")}`])));
        expectPrintable(await printed(() => runMain(["pipeline", text])));
      }),
      { numRuns: 30 },
    );
  });

  test("a table and the progress of a command", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expectPrintable(tableLines([{ title: "CELL", value: (row: string) => row }], [text]).join("\n"));
        const written: string[] = [];
        const stream = { isTTY: false, write: (line: string) => written.push(line) };
        const progress = terminalProgress(stream as unknown as NodeJS.WriteStream);
        progress.say(text);
        progress.step(text).fail(text);
        expectPrintable(written.join(""));
      }),
    );
  });
});

describe("a settings file", () => {
  test("that is no YAML is refused with the place, and without what stands there", () => {
    using folder = temporaryFolder({
      "Pulumi.evil.yaml": "config:\n  a: b\n::stop-commands::x: [\n::add-mask::tenants\n",
    });
    expect(() => readFleet(folder.path)).toThrow(/Pulumi\.evil\.yaml:\d+:\d+\n {2}found {5}a YAML mistake: /);
    expect(() => readFleet(folder.path)).not.toThrow(/stop-commands|add-mask/);
  });

  test.each(["a\u001bb", "a\n::x::", "-a", "a b", "a/../b".replaceAll("/", "\\")])(
    "whose name %j is no stack's is refused",
    (name) => {
      using folder = temporaryFolder({ [`Pulumi.${name}.yaml`]: "" });
      expect(() => readFleet(folder.path)).toThrow(/the stack name "/);
    },
  );

  test("whose aliases stand for too much is refused", () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    using folder = temporaryFolder({ "Pulumi.dev.yaml": `a0: &a0 [lol]\n${laughs.join("\n")}\n` });
    expect(() => readFleet(folder.path)).toThrow(/aliases/);
  });
});

test("the report of wrong files in a comment begins no line with a command", () => {
  expectPrintable(commentOf(review({ problems: "1 problem\n\n::x::y:1:1\n  found ::z" })));
});

test("JSON for a program says the same, with nothing in it that a terminal or a log obeys", () => {
  fc.assert(
    fc.property(fc.dictionary(hostileText, hostileText), (value) => {
      expectPrintable(jsonText(value));
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("a refusal of the program is printable, whatever the cluster and the files say", () => {
  fc.assert(fc.property(hostileText, (text) => expectPrintable(refusal(text).message)));
});
