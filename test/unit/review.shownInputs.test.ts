import { expect, test } from "vitest";
import { shownInputs } from "../../ops/review/shownInputs.ts";

test("what the program tells the provider about an object is no reviewer's matter; what it tells the cluster is", () => {
  const annotations = { "pulumi.com/skipAwait": "true", "openclaw.ai/retain-until": "2027-06-01" };
  expect(shownInputs({ metadata: { annotations } }, "kubernetes:apps/v1:Deployment")).toEqual({
    metadata: { annotations: { "openclaw.ai/retain-until": "2027-06-01" } },
  });
  const alone = { metadata: { name: "x", annotations: { "pulumi.com/skipAwait": "true" } } };
  expect(shownInputs(alone, "kubernetes:apps/v1:Deployment")).toEqual({ metadata: { name: "x" } });
});
