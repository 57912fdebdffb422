import { describe, expect, test } from "vitest";
import { commentMarker, commentOf } from "../../ops/review/comment.ts";
import { maxComment } from "../../ops/review/limits.ts";
import type { Review } from "../../ops/review/model.ts";
import { noPreview } from "../../ops/review/preview.ts";
import { withoutAddresses } from "../../ops/review/privacy.ts";
import { tenantChanges } from "../../ops/review/tenantChanges.ts";
import { priceChanges } from "../../tenants/priceChange.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { preview, review } from "../fixtures/review.ts";
import { tenant } from "../fixtures/tenant.ts";

/** The review of these tenant files before and after. */
const ofTenants = (before: readonly Tenant[], after: readonly Tenant[], more: Partial<Review> = {}): Review =>
  review({ tenants: tenantChanges(before, after), prices: priceChanges(before, after), ...more });

const danger = {
  kind: "delete",
  type: "Namespace",
  name: "acme-namespace",
  reasons: ["deletes a namespace"],
} as const;
const finding = {
  policy: "openclaw/pinned-images",
  level: "mandatory",
  resource: "acme-deployment",
  message: "pin it",
};

test("nothing changed is said in one line", () => {
  expect(commentOf(review())).toBe(
    [
      commentMarker,
      "## No tenant changed",
      "Commit `aaaaaaaaaa`, compared with `bbbbbbbbbb` (where it left `main`).",
    ].join("\n\n"),
  );
});

test("the marker is the first line, and what is not committed is mentioned", () => {
  const text = commentOf(review({ head: { commit: "a".repeat(40), hasUncommitted: true } }));
  expect(text.split("\n")[0]).toBe(commentMarker);
  expect(text).toContain("`aaaaaaaaaa` with what is not committed yet");
});

describe("the price", () => {
  // A running basic costs 1 vCPU × 263 + 10 GiB × 0.50 = 268.00 a month, pro 2 × 263 + 50 × 0.50 = 551.00,
  // enterprise 4 × 263 + 200 × 0.50 = 1,152.00; a suspended basic its disk, 5.00.
  const stays = tenant({ id: "stays", plan: "basic" });
  const text = commentOf(
    ofTenants(
      [stays, tenant({ id: "grows", plan: "pro" }), tenant({ id: "rests", plan: "basic", cell: "other" })],
      [
        stays,
        tenant({ id: "grows", plan: "enterprise" }),
        tenant({ id: "rests", plan: "basic", cell: "other", state: "suspended" }),
        tenant({ id: "comes", plan: "basic" }),
      ],
    ),
  );

  test("is in the headline, before and after, with the difference", () => {
    // before 268 + 551 + 268 = 1,087; after 268 + 1,152 + 5 + 268 = 1,693; difference 606
    expect(text).toContain(
      "## 1 tenant added, 1 suspended, 1 on another plan, CNY 1,087.00 → 1,693.00 a month (+606.00)",
    );
  });

  test("is listed for each changed tenant, for its whole cell and in all", () => {
    const rows = text.split("\n").filter((line) => /^\|.*\d\.\d\d \|$/.test(line));
    expect(rows.map((row) => row.replace(/ +/g, " "))).toEqual([
      "| `comes` | `dev` | 0.00 | 268.00 | +268.00 |",
      "| `grows` | `dev` | 551.00 | 1,152.00 | +601.00 |",
      "| *whole cell* | `dev` | 819.00 | 1,688.00 | +869.00 |",
      "| `rests` | `other` | 268.00 | 5.00 | -263.00 |",
      "| *whole cell* | `other` | 268.00 | 5.00 | -263.00 |",
      "| **all cells** | | 1,087.00 | 1,693.00 | +606.00 |",
    ]);
  });

  test("that stays is not in the headline", () => {
    expect(commentOf(ofTenants([tenant()], [tenant({ keyEpoch: 2 })]))).toContain("\n## 1 tenant rotated\n");
  });
});

describe("text of a tenant file is no markup:", () => {
  const hostile = [
    "</details><script>alert(1)</script>",
    "@everyone see #1 and https://evil.example",
    "a | b | **bold** | c",
    "`` ` ``` code",
    "![](https://evil.example/pixel.png)",
    "<!-- openclaw-tenants: review -->",
  ];

  test.each(hostile)("%s", (displayName) => {
    const text = commentOf(ofTenants([], [tenant({ displayName })]));
    const row = text.split("\n").find((line) => line.startsWith("| `acme`")) ?? "";
    // Three pipes between four cells, and one at each end.
    expect(row.split("|")).toHaveLength(6);
    const cell = row.split("|")[2]?.trim() ?? "";
    const [fence = ""] = /^`+/.exec(cell) ?? [];
    expect(cell.endsWith(fence)).toBe(true);
    // Nothing inside ends the code span: no run of backticks is as long as its fence.
    const inside = cell.slice(fence.length, -fence.length);
    expect([...inside.matchAll(/`+/g)].map(([run]) => run.length)).not.toContain(fence.length);
    expect(inside.trim()).toBe(displayName.replaceAll("|", "¦"));
  });

  test("not in a changed field", () => {
    const text = commentOf(ofTenants([tenant()], [tenant({ displayName: "@channel" })]));
    expect(text).toContain("displayName `Acme Trading` → `@channel`");
  });

  test("nor in messages, which a block of their own holds", () => {
    const text = commentOf(
      review({
        previews: [{ ...noPreview("dev", "failed"), message: "bad\n```\n@everyone\n````\n\u001b[31m" }],
      }),
    );
    const [, fence = "", body = ""] = /\n(`{5,})text\n([\s\S]*?)\n\1\n/.exec(text) ?? [];
    expect(fence).toBe("`````");
    expect(body).toBe("bad\n```\n@everyone\n````\n\\u{1b}[31m");
  });

  test("nor in the report of wrong files, nor in findings", () => {
    const text = commentOf(review({ problems: "found ``` @x", findings: ["`@y` is deleted"] }));
    expect(text).toContain("````text\nfound ``` @x\n````");
    expect(text).toContain("`` `@y` is deleted ``");
  });
});

describe("the top says", () => {
  test.each<[what: string, given: Partial<Review>, line: string]>([
    ["that tenant files are refused", { problems: "1 problem" }, "- **Refused: tenant files are wrong.**"],
    ["that previews failed", { previews: [noPreview("dev", "failed", "no")] }, "- **1 preview failed.**"],
    [
      "that something is destructive",
      { previews: [preview({ dangers: [danger] })] },
      "- **1 destructive change.**",
    ],
    [
      "that a mandatory policy is broken",
      { previews: [preview({ policies: [finding] })] },
      "- **1 violation of a mandatory policy.**",
    ],
    [
      "that the program itself changed",
      { touched: [{ stack: "dev", because: ["program"] }] },
      "- **Program change:** all stacks run it (1 stack).",
    ],
    [
      "what no preview shows",
      { findings: ["Pulumi.x.yaml is deleted"] },
      "- **Not in any preview:** `Pulumi.x.yaml is deleted`",
    ],
  ])("%s", (_, given, line) => {
    const [top = ""] = commentOf(review(given)).split("\n###");
    expect(top).toContain(line);
  });

  test("that more tenants change than anybody looks at", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => tenant({ id: `t-${index}` }));
    expect(commentOf(ofTenants([], many(11)))).toContain(
      "- **Mass change:** 11 tenants in one pull request.",
    );
    expect(commentOf(ofTenants([], many(10)))).not.toContain("Mass change");
  });

  test("an advisory policy is no alarm", () => {
    const text = commentOf(
      review({ previews: [preview({ policies: [{ ...finding, level: "advisory" }] })] }),
    );
    expect(text).not.toContain("of a mandatory policy");
    expect(text).toContain("- advisory `openclaw/pinned-images` on `acme-deployment` in `dev`: `pin it`");
  });
});

test("what is destructive is bold, with its reasons", () => {
  const text = commentOf(review({ previews: [preview({ dangers: [danger] })] }));
  expect(text).toContain(
    "### Destructive\n\n- **delete `Namespace acme-namespace`** in `dev`: deletes a namespace",
  );
});

test.each(["removed", "moved", "offboarded"] as const)("a tenant that is %s is told in bold", (kind) => {
  const tenants = [{ id: "acme", cell: "dev", displayName: "Acme", kind, fields: [] }];
  expect(commentOf(review({ tenants }))).toContain(`**${kind}**`);
});

test("stacks without a preview are listed with the reason", () => {
  const text = commentOf(
    review({
      touched: [{ stack: "lost", because: ["program"] }],
      previews: [noPreview("later", "notSetUp"), noPreview("wrong", "refused")],
    }),
  );
  expect(text).toContain("- `later` is not set up");
  expect(text).toContain("- `wrong` is not previewed, because tenant files are refused.");
  expect(text).toContain("- `lost` is touched, and not previewed here.");
});

test("policies are mentioned where they were asked, and only there", () => {
  expect(commentOf(review({ previews: [preview({ policies: [] })] }))).toContain(
    "### Policies\n\nNo violation in 1 stack.",
  );
  expect(commentOf(review({ previews: [preview()] }))).not.toContain("### Policies");
});

describe("GitHub's limit", () => {
  const change = (index: number, value: string) =>
    ({
      kind: "update",
      type: "ConfigMap",
      names: [`c-${index}`],
      properties: [{ path: "data", from: `"${value}"` }],
    }) as const;
  const changes = Array.from({ length: 2000 }, (_, index) => change(index, "x".repeat(60)));

  test("cuts the diff off and nothing else, and says so", () => {
    const given = ofTenants([], [tenant()], { previews: [preview({ changes, dangers: [danger] })] });
    const text = commentOf(given);
    expect(text.length).toBeLessThanOrEqual(maxComment);
    expect(text.length).toBeGreaterThan(maxComment - 3_000);
    expect(text).toMatch(/… \d+ lines more: cut off at GitHub's limit of a comment\n```\n\n<\/details>/);
    const withoutDiff = (comment: string) => comment.replace(/<details>[\s\S]*<\/details>/, "");
    const short = commentOf({
      ...given,
      previews: [preview({ changes: changes.slice(0, 1), dangers: [danger] })],
    });
    expect(withoutDiff(text)).toBe(withoutDiff(short));
  });

  test("cuts lists only where a comment without a diff would be too long, and says how many are left out", () => {
    const tenants = Array.from({ length: 1500 }, (_, index) => tenant({ id: `t-${index}` }));
    const text = commentOf(ofTenants([], tenants, { problems: "x".repeat(100_000) }));
    expect(text.length).toBeLessThanOrEqual(maxComment);
    expect(text).toContain("… and 1400 more; `npm run review` prints all of them.");
    expect(text).toContain("## 1500 tenants added");
  });

  test("holds for a diff of backticks too", () => {
    const ticks = Array.from({ length: 400 }, (_, index) => change(index, "`".repeat(190)));
    expect(commentOf(review({ previews: [preview({ changes: ticks })] })).length).toBeLessThanOrEqual(
      maxComment,
    );
  });
});

describe("e-mail addresses", () => {
  test("are in no text of a review, wherever they come from", () => {
    const address = "Carol.O'Hara+x@büro.acme.example";
    const given = review({
      problems: `the user "${address}" a second time`,
      findings: [address],
      tenants: [
        {
          id: "a",
          cell: "dev",
          displayName: address,
          kind: "changed",
          fields: [{ field: "host", from: address }],
        },
      ],
      previews: [
        preview({
          message: `to ${address}.`,
          warnings: [address],
          changes: [
            {
              kind: "create",
              type: "X",
              names: [address],
              properties: [{ path: `users["${address}"]`, to: address }],
              inputs: `owner: ${address}`,
            },
          ],
        }),
      ],
    });
    const text = JSON.stringify(withoutAddresses(given));
    expect(text).not.toMatch(/carol|acme\.example|@/i);
    expect(text).toContain("[e-mail address]");
  });

  test("are told apart from images and versions", () => {
    const others = [
      "ghcr.io/openclaw/openclaw@sha256:0123",
      "actions/checkout@v4.1.0",
      "@everyone",
      "a @ b.example",
    ];
    expect(withoutAddresses(others)).toEqual(others);
  });

  test("take no longer to find in a long text without any", () => {
    const started = performance.now();
    withoutAddresses("a".repeat(200_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

test("addresses go from texts, keys and lists at every depth, and nothing else changes", () => {
  const value = {
    "jane@acme.example": [null, 7, true, undefined, { deep: "to jane@acme.example" }],
    plain: "x",
  };
  const shown = withoutAddresses(value);
  expect(JSON.stringify(shown)).not.toContain("jane");
  expect(Object.values(shown)[0]).toEqual([
    null,
    7,
    true,
    undefined,
    { deep: expect.stringMatching(/^to /) },
  ]);
  expect(shown.plain).toBe("x");
  expect([null, 7, undefined].map((each) => withoutAddresses(each))).toEqual([null, 7, undefined]);
});
