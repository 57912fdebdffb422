import { afterEach, expect, test, vi } from "vitest";
import { otherNatGateways } from "../../components/cluster/ack/natGateways.ts";
import { ackSettingsSchema } from "../../components/cluster/ack/settings.ts";
import { AckCluster } from "../../components/cluster/ack.ts";
import { alicloudFunctions } from "../fixtures/alicloudOutputs.ts";
import { functionResult } from "../fixtures/mockedOutputs.ts";
import { recordRegistrations, stackConfig, withoutPlaceholders } from "../fixtures/program.ts";

/** A NAT gateway that ACK makes with the cluster, because the provider cannot say that it must not. */
vi.mock("../fixtures/mockedOutputs.ts", async (original) => {
  const actual = await original<typeof import("../fixtures/mockedOutputs.ts")>();
  return { ...actual, functionResult: vi.fn(actual.functionResult) };
});

afterEach(() => {
  vi.mocked(functionResult).mockReset();
  vi.restoreAllMocks();
});

const token = "alicloud:vpc/getNatGateways:getNatGateways";

/** What the program warns of, where the VPC has these gateways. */
async function warnings(ids: readonly string[]): Promise<string[]> {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.mocked(functionResult).mockImplementation((called, inputs) =>
    called === token ? { ids } : (alicloudFunctions[called]?.(inputs) ?? {}),
  );
  const config = withoutPlaceholders(stackConfig("ack-platform"));
  const settings = ackSettingsSchema.parse(JSON.parse(config["openclaw:cluster"] ?? ""));
  await recordRegistrations("ack-platform", {}, async () => new AckCluster("ack", settings));
  return warn.mock.calls.map(([text]) => `${text}`);
}

test("a NAT gateway beside the stack's own is warned of, by its id", async () => {
  const [warning, ...others] = await warnings(["ngw-made-by-ack", "ack-nat-id"]);
  expect(others).toEqual([]);
  expect(warning).toContain("the VPC ack-vpc-id has a NAT gateway that is not this stack's");
  expect(warning).toContain("ngw-made-by-ack.");
  expect(warning).toContain("docs/ack.md");
});

test("the stack's own gateway is nothing to warn of", async () => {
  expect(await warnings(["ack-nat-id"])).toEqual([]);
});

test("all that are not the stack's are named, and the stack's is not", () => {
  const warning = otherNatGateways(["ngw-1", "ngw-2", "ngw-3"], "ngw-2", "vpc-1");
  expect(warning).toContain("ngw-1, ngw-3");
  expect(warning).not.toContain("ngw-2");
  expect(otherNatGateways(["ngw-2"], "ngw-2", "vpc-1")).toBeUndefined();
});
