import { expect, test } from "vitest";
import { compared } from "../../tools/orphans/compare.ts";
import type { Found } from "../../tools/orphans/model.ts";
import { foundBySixParts } from "../../tools/orphans/sixParts.ts";
import { stateResources } from "../../tools/orphans/state.ts";
import { UserError } from "../../tools/terminal/errors.ts";
import { components, inState, qcs, token } from "../fixtures/tencentcloud/orphans.ts";

test.each<[string, Partial<Found>]>([
  [qcs("vpc/subnet", "subnet-1"), { token: token("subnet"), id: "subnet-1", region: "ap-guangzhou" }],
  [qcs("cvm/sg", "sg-1"), { token: token("securityGroup"), id: "sg-1" }],
  ["qcs::cam::uin/1000:role/461", { token: token("camRole"), id: "461", region: "" }],
  [qcs("kms/key", "creatorUin/1000/2b1a"), { token: token("kmsKey"), id: "2b1a" }],
  ["qcs::cos:ap-guangzhou:uid/125:prefix/data", { token: token("cosBucket"), id: "data-125" }],
  ["qcs::cos:ap-guangzhou:uid/125:prefix//125/data", { token: token("cosBucket"), id: "data-125" }],
  ["qcs::cos:ap-guangzhou:uid/125:data-125", { token: token("cosBucket"), id: "data-125" }],
  [qcs("cvm/instance", "ins-1"), { token: undefined, kind: "cvm/instance", id: "ins-1" }],
  ["something else", { token: undefined, kind: "unknown", id: "something else" }],
])("%s is read", (six, expected) => {
  expect(foundBySixParts(six)).toMatchObject(expected);
});

const cluster: Found = { kind: "ccs/cluster", token: token("kubernetesCluster"), id: "cls-1", region: "" };

test("a resource is known by a part of a composite id, but only of its own type", () => {
  const pool = inState("kubernetesNativeNodePool", "tke-pool-system", "cls-1#np-1");
  const endpoint = inState("kubernetesClusterEndpoint", "tke-endpoint", "cls-1");
  expect(compared([cluster], [...components, pool, endpoint], "tke-platform").orphans).toHaveLength(1);
  const topic = { ...cluster, kind: "cls/topic", token: token("clsTopic"), id: "topic-1" };
  const inComposite = inState("clsTopic", "tke-logs-audit", "topic-1#0");
  expect(compared([topic], [inComposite], "tke-platform")).toMatchObject({ orphans: [], known: 1 });
});

test("a resource of an unknown type is known if its id is anywhere in the state", () => {
  const thing = { kind: "new/thing", token: undefined, id: "np-1", region: "" };
  const pool = inState("kubernetesNativeNodePool", "tke-pool-system", "cls-1#np-1");
  expect(compared([thing], [pool], "tke-platform").orphans).toEqual([]);
  expect(compared([{ ...thing, id: "np-3" }], [pool], "tke-platform").orphans).toMatchObject([
    { id: "np-3", import: { impossible: "the program makes none of this type" } },
  ]);
});

test("without component and provider in the state there is no command that would be right", () => {
  const [orphan] = compared([{ ...cluster, resource: "tke-cluster" }], [], "tke-platform").orphans;
  expect(orphan?.import).toEqual({ impossible: "the state has no component for it" });
});

test("the state is read without what is secret in it; one that was never brought up is empty", () => {
  const resource = { urn: "u", type: "t", outputs: { password: "ciphertext" } };
  expect(stateResources(JSON.stringify({ deployment: { resources: [resource] } }))).toEqual([
    { urn: "u", type: "t" },
  ]);
  expect(stateResources('{"version":3,"deployment":{"manifest":{}}}')).toEqual([]);
  expect(stateResources('{"version":3}')).toEqual([]);
  expect(() => stateResources("warning: …")).toThrow(UserError);
});
