import { expect, test } from "vitest";
import { noIdentity } from "../../components/identity/identity.ts";
import { accountSecretSpec } from "../../components/services/accounts/accountSecret.ts";
import { namespaceSpec } from "../../components/tenant/namespace.ts";
import { volumeClaimSpec } from "../../components/tenant/volumeClaim.ts";
import { tenant } from "../fixtures/tenant.ts";

const key = "openclaw.ai/retain-until";
const annotationOf = (changes: Parameters<typeof tenant>[0]) =>
  [
    namespaceSpec(tenant(changes), "acme.example", noIdentity),
    volumeClaimSpec(tenant(changes), undefined),
    accountSecretSpec(tenant(changes)),
  ].map(({ metadata }) => (metadata.annotations as Record<string, string> | undefined)?.[key]);

test("what outlives an offboarded tenant says until when: namespace, claim and Secret of accounts", () => {
  const day = "2027-06-01";
  expect(annotationOf({ state: "offboarded", retainUntil: day })).toEqual([day, day, day]);
  expect(annotationOf({})).toEqual([undefined, undefined, undefined]);
});
