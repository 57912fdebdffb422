import { expect, test } from "vitest";
import { UserError } from "../../lib/terminal/errors.ts";
import { compared } from "../../ops/orphans/compare.ts";
import type { Found } from "../../ops/orphans/model.ts";
import { foundBySixParts } from "../../ops/orphans/sixParts.ts";
import { stateResources } from "../../ops/orphans/state.ts";
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

test("orphans come in the order in which they can be deleted, those of unknown types last", () => {
  const found = (kind: string, type: string | undefined, id: string): Found => ({
    ...{ kind, id, region: "ap-guangzhou" },
    token: type === undefined ? undefined : token(type),
  });
  const all = [
    found("new/thing", undefined, "new-2"),
    found("new/thing", undefined, "new-1"),
    found("vpc/vpc", "vpc", "vpc-1"),
    found("vpc/subnet", "subnet", "subnet-2"),
    found("vpc/subnet", "subnet", "subnet-1"),
    found("ccs/cluster", "kubernetesCluster", "cls-1"),
  ];
  const { orphans, known } = compared(all, [], "tke-platform");
  expect(orphans.map(({ id }) => id)).toEqual(["cls-1", "subnet-1", "subnet-2", "vpc-1", "new-1", "new-2"]);
  expect(known).toBe(0);
  expect(orphans.at(-1)?.delete).toEqual(["console: search for new-2 (new/thing)"]);
});

test("what was found twice is one, with what either search says of it", () => {
  const byTag: Found = { ...cluster, resource: "tke-cluster" };
  const byName: Found = { ...cluster, name: "prod", created: "2026-11-01T00:00:00Z" };
  for (const both of [
    [byTag, byName],
    [byName, byTag],
  ]) {
    expect(compared(both, [], "tke-platform").orphans).toMatchObject([
      { id: "cls-1", name: "prod", resource: "tke-cluster", created: "2026-11-01T00:00:00Z" },
    ]);
  }
});

test("what is known and what is not are counted apart", () => {
  const other: Found = { ...cluster, id: "cls-2" };
  const state = [inState("kubernetesCluster", "tke-cluster", "cls-1")];
  expect(compared([cluster, other], state, "tke-platform")).toMatchObject({
    known: 1,
    orphans: [{ id: "cls-2" }],
  });
});
