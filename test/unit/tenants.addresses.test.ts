import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inspectFleet } from "../../ops/fleet/inspection.ts";
import { reviewOf } from "../../ops/review/collect.ts";
import { commentOf } from "../../ops/review/comment.ts";
import type { StackPreview } from "../../ops/review/model.ts";
import { withoutAddresses as reviewWithoutAddresses } from "../../ops/review/privacy.ts";
import { addressFault, emailAddress, withoutAddresses } from "../../tenants/addresses.ts";
import { loadTenants } from "../../tenants/load.ts";
import { problemIn } from "../fixtures/problems.ts";
import { diagnosticEvent, policyEvent, preview, previewOf, review, stepEvent } from "../fixtures/review.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

describe("an address", () => {
  test.each([
    "ops@acme.example",
    "Jane.O'Brien+openclaw@Acme-Trading.example",
    "ops@xn--fsqu00a.xn--fiqs8s",
    "ops@acme.XN--FIQS8S",
    "a/b=c@1.acme.example",
    `${"a".repeat(64)}@acme.example`,
    `ops@${"a".repeat(63)}.example`,
    `ops@${"a.".repeat(121)}example`,
  ])("%s is taken, as owner and as user", (address) => {
    using folder = temporaryFolder({
      "acme.yaml": tenantYaml({ owner: address, users: [{ email: address, role: "admin" }] }),
    });
    expect(loadTenants(folder.path)).toMatchObject([{ owner: address, users: [{ email: address }] }]);
  });

  test.each([
    ["ops@acme-.example", "an address that is wrong after the @"],
    ["ops@-acme.example", "an address that is wrong after the @"],
    ["ops@acme..example", "an address that is wrong after the @"],
    ["ops@acme.example.", "an address that is wrong after the @"],
    ["ops@acme.example-", "an address that is wrong after the @"],
    ["ops@acme.e", "an address that is wrong after the @"],
    ["ops@acme.123", "an address that is wrong after the @"],
    ["ops@acme.xn--", "an address that is wrong after the @"],
    ["ops@intranet", "an address that is wrong after the @"],
    ["ops@new_co.example", "an address that is wrong after the @"],
    ["ops@newco,example", "an address that is wrong after the @"],
    ["ops@[192.0.2.7]", "an address that is wrong after the @"],
    ["ops@例子.中国", "an address that is wrong after the @"],
    [`ops@${"a".repeat(64)}.example`, "an address that is wrong after the @"],
    ["ops＠newco.example", "a text without an @"],
    ["ops", "a text without an @"],
    ["ops @newco.example", "an address that is wrong before the @"],
    [".ops@newco.example", "an address that is wrong before the @"],
    ["ops.@newco.example", "an address that is wrong before the @"],
    ["o..ps@newco.example", "an address that is wrong before the @"],
    ['"o ps"@newco.example', "an address that is wrong before the @"],
    ["a@b@newco.example", "an address that is wrong before the @"],
    [
      `${"a".repeat(65)}@acme.example`,
      "an address with 65 characters before the @, of which there may be 64",
    ],
    [`ops@${"a.".repeat(122)}example`, "an address of 255 characters"],
  ])("%s is refused, as owner and as user, and not quoted", (address, found) => {
    expect(problemIn(tenantYaml({ owner: address }))).toMatchObject({ path: "owner", found });
    const users = [{ email: address, role: "admin" }];
    expect(problemIn(tenantYaml({ users }))).toMatchObject({ path: "users[0].email", found });
  });

  test("a second time is refused without its text", () => {
    const users = ["jane@acme.example", "Jane@acme.example"].map((email) => ({ email, role: "admin" }));
    expect(problemIn(tenantYaml({ users })).found).toBe("a user a second time");
  });
});

/** Whatever is taken in tenant files. */
const validAddress = fc
  .tuple(
    fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}){0,2}$/),
    fc.stringMatching(
      /^([A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?\.){1,4}([A-Za-z]{2,20}|xn--[a-z0-9]{1,20})$/,
    ),
  )
  .map((parts) => parts.join("@"))
  .filter((address) => addressFault(address) === undefined);

/** A text that holds an address, whole or not, marked by `qzq` on either side of what may stand for the @. */
const addressLike = fc
  .tuple(
    fc.stringMatching(/^[a-z]{0,6}qzq[a-z0-9._+-]{0,50}$/),
    fc.constantFrom("@", "＠", " @", "@ ", "@@", " at @"),
    fc.stringMatching(/^[a-z]{0,6}qzq[a-z0-9._,[\]-]{0,40}$/),
  )
  .map((parts) => parts.join(""));

/** Files with a text somewhere in an address field. */
const places: readonly ((text: string) => string)[] = [
  (text) => tenantYaml({ owner: text }),
  (text) => tenantYaml({ owner: [text] }),
  (text) => tenantYaml({ owner: { [text]: text } }),
  (text) => tenantYaml({ users: text }),
  (text) => tenantYaml({ users: [text] }),
  (text) => tenantYaml({ users: { [text]: "admin" } }),
  (text) => tenantYaml({ users: [{ email: text, role: "admin" }] }),
  (text) => tenantYaml({ users: [{ email: [text], role: "admin" }] }),
  (text) => tenantYaml({ users: [{ email: "admin", role: text }] }),
  (text) => tenantYaml({ users: [{ [text]: "admin" }] }),
  (text) => tenantYaml({ users: [{ email: "a@b.example", role: "admin", [text]: text }] }),
  (text) => tenantYaml({ users: [{ email: { [text]: text }, role: "admin" }] }),
  // As it is, whatever YAML makes of it.
  (text) => `${tenantYaml({ owner: undefined })}owner: ${text}\n`,
  (text) => `${tenantYaml({ owner: undefined })}owner: "a" ${text}\n`,
  (text) => `${tenantYaml({ owner: undefined })}owner: "${text}\n`,
  (text) => `${tenantYaml({ owner: undefined })}owner: |${text}\n`,
  (text) => `${tenantYaml({ owner: undefined })}owner: "\\U${text}"\n`,
  (text) => `${tenantYaml({ owner: undefined })}owner: *${text}\n`,
  (text) => `${tenantYaml({ owner: undefined })}owner: !${text} a\n`,
  (text) => `${tenantYaml({ owner: undefined })}owner:\n${text}\n`,
  (text) => `${tenantYaml({ users: undefined })}users: [{ ${text}: 1, ${text}: 2 }]\n`,
  (text) => `${tenantYaml({ users: undefined })}users: [{ email: ${text}, role: admin }\n`,
  (text) => `${tenantYaml({ users: undefined })}users:\n  - ${text}: 1\n    ${text}: 2\n`,
];

/** What a review of this one file says, as comment and as JSON. */
function reviewText(file: string): string {
  using folder = temporaryFolder({ "tenants/dev/acme.yaml": file, "tenants/tenant.schema.json": "{}" });
  const none = { fleet: [], isRead: true, tenants: [], problems: [] };
  const changes = { mergeBase: "b", head: "a", hasUncommitted: false, files: [] };
  const found = reviewWithoutAddresses(
    reviewOf("main", changes, none, inspectFleet({ folder: folder.path })),
  );
  return `${commentOf(found)}\n${JSON.stringify(found)}`;
}

describe("a review", () => {
  test("quotes nothing of an address field, right or wrong, wherever in it something stands", () => {
    fc.assert(
      fc.property(addressLike, fc.constantFrom(...places), (text, file) => {
        expect(reviewText(file(text))).not.toContain("qzq");
      }),
      { numRuns: 400 },
    );
  });

  test.each(places.map((place, index) => [index, place] as const))(
    "quotes no long address either (place %i)",
    (_, place) => {
      const local = "qzq.jane.doe.head.of.assistants";
      const address = `${local}@department-for-special-projects.newco.example`;
      expect(reviewText(place(address))).not.toMatch(/qzq|jane|special/);
    },
  );

  test("quotes no address of another field, though it shows the beginning of a long text", () => {
    const address = "jane.doe.head.of.assistants@department-for-special-projects.newco.example";
    const text = reviewText(tenantYaml({ plan: `ask ${address}`, host: address }));
    expect(text).toContain("[e-mail address]");
    expect(text).not.toMatch(/jane|newco/);
  });

  test("has no address that a message, a policy or a cut value of a preview holds", () => {
    const shown = (found: StackPreview) => {
      const masked = reviewWithoutAddresses(review({ previews: [found] }));
      return `${commentOf(masked)}${JSON.stringify(masked)}`;
    };
    fc.assert(
      fc.property(validAddress, fc.nat(220), fc.boolean(), (address, before, isJson) => {
        const text = `${".\n \"'(".charAt(before % 6)}${" x".repeat(before)} ${isJson ? JSON.stringify({ [address]: address }) : address}`;
        const inputs = { inputs: { data: { text, list: [text] } } };
        const found = previewOf(
          stepEvent("create", { new: inputs }),
          stepEvent("update", { name: "other", old: { inputs: { data: { text: "a" } } }, new: inputs }),
          diagnosticEvent("warning", text),
          policyEvent("advisory", text),
        );
        expect(shown(found)).not.toContain(address);
        expect(shown(preview({ outcome: "failed", message: text }))).not.toContain(address);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a text without addresses", () => {
  test("has none that tenant files may hold, whatever stands around it", () => {
    fc.assert(
      fc.property(validAddress, fc.string(), fc.string(), (address, before, after) => {
        expect(emailAddress.test(address)).toBe(true);
        expect(withoutAddresses(`${before}${address}${after}`)).not.toContain(address);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(["jane.doe@intranet", "jane@[192.0.2.7]", "jane＠newco.example", "jane@new_co.example"])(
    "has not %s either",
    (text) => expect(withoutAddresses(`ask ${text}!`)).toBe("ask [e-mail address]!"),
  );
});
