import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runMain } from "../../tools/cli/main.ts";
import { main } from "../../tools/cli/orphans.ts";
import { orphansHint } from "../../tools/cli/orphansHint.ts";
import { compared } from "../../tools/orphans/compare.ts";
import { findOrphans } from "../../tools/orphans/find.ts";
import type { Found } from "../../tools/orphans/model.ts";
import type { Place } from "../../tools/orphans/place.ts";
import { findingsJson, findingsText, isClean } from "../../tools/orphans/report.ts";
import { foundBySixParts } from "../../tools/orphans/sixParts.ts";
import { type StateResource, stateResources } from "../../tools/orphans/state.ts";
import { tencentApi } from "../../tools/tencentcloud/api.ts";
import { UsageError, UserError } from "../../tools/terminal/errors.ts";
import { type ApiAnswer, type ApiQuestion, credentials, fakeApi } from "../fixtures/tencentcloud/api.ts";

const token = (kind: string) => `tencentcloud:index/${kind}:${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
const tke = "openclaw:cluster:TkeCluster";
const urn = (type: string, name: string) => `urn:pulumi:tke-platform::openclaw::${type}::${name}`;

const components: readonly StateResource[] = [
  { urn: urn(tke, "tke"), type: tke },
  {
    urn: urn("openclaw:platform:TencentCloudServices", "services"),
    type: "openclaw:platform:TencentCloudServices",
  },
  {
    urn: urn(`${tke}$pulumi:providers:tencentcloud`, "tencentcloud"),
    type: "pulumi:providers:tencentcloud",
    id: "provider-id",
  },
];

const inState = (kind: string, name: string, id: string): StateResource => ({
  urn: urn(`${tke}$${token(kind)}`, name),
  type: token(kind),
  id,
});

const qcs = (kind: string, id: string) => {
  const [service, prefix] = kind.split("/");
  return `qcs::${service}:ap-guangzhou:uin/100012345678:${prefix}/${id}`;
};

const place: Place = {
  stack: "tke-platform",
  cluster: "openclaw-gz",
  region: "ap-guangzhou",
  uin: "100012345678",
  bucket: "company-openclaw-gz-1250000000",
  isOwner: true,
  tenantIds: [],
};

interface Tagged {
  readonly resource?: string;
  readonly six: string;
}

/** An account with what carries the stack's tags; everything else that is asked for has its own answer or is empty. */
async function looked(
  state: readonly StateResource[],
  tagged: readonly Tagged[],
  answers: Readonly<Record<string, ApiAnswer>> = {},
  where: Place = place,
) {
  const answer = ({ action, parameters }: ApiQuestion): ApiAnswer => {
    const own = answers[action];
    if (own !== undefined) {
      return own;
    }
    switch (action) {
      case "HEAD":
        return { status: 404, json: {} };
      case "GetCallerIdentity":
        return { AccountId: "100012345678" };
      case "GetResources":
        return page(tagged, `${parameters.PaginationToken}`);
      default:
        return { DBInstanceSet: [], InstanceSet: [] };
    }
  };
  await using server = await fakeApi(answer);
  const { endpoint, bucketUrl, questions } = server;
  const pause = async () => {};
  const api = tencentApi({ credentials, endpoint, pause });
  const findings = await findOrphans({ api, bucketUrl, place: where, project: "openclaw", state });
  return { findings, questions: questions(), text: findingsText(findings, where) };
}

/** One resource a page. */
function page(tagged: readonly Tagged[], after: string): ApiAnswer {
  const index = after === "" ? 0 : Number(after);
  const { six, resource } = tagged[index] ?? {};
  const tags = resource === undefined ? [] : [{ TagKey: "pulumi-resource", TagValue: resource }];
  return {
    ResourceTagMappingList: six === undefined ? [] : [{ Resource: six, Tags: tags }],
    PaginationToken: index + 1 < tagged.length ? `${index + 1}` : "",
  };
}

test("a stack whose resources are all in its state is clean", async () => {
  const state = [...components, inState("vpc", "tke-vpc", "vpc-1")];
  const { findings, text } = await looked(state, [{ six: qcs("vpc/vpc", "vpc-1"), resource: "tke-vpc" }]);
  expect(isClean(findings)).toBe(true);
  expect(text).toBe(
    "Nothing of tke-platform outside its state (account 100012345678, ap-guangzhou; 1 resource of the state seen).",
  );
});

const forgotten = [
  { six: qcs("vpc/vpc", "vpc-1"), resource: "tke-vpc" },
  { six: qcs("vpc/vpc", "vpc-2"), resource: "tke-vpc" },
  { six: qcs("ccs/cluster", "cls-1"), resource: "tke-cluster" },
  { six: qcs("cvm/instance", "ins-1"), resource: "tke-pool-system" },
  { six: "qcs::cos:ap-guangzhou:uid/1250000000:prefix/company-openclaw-gz", resource: "services-bucket" },
  { six: qcs("newproduct/thing", "thing-1") },
];

const partly = [...components, inState("vpc", "tke-vpc", "vpc-2")];

const products = {
  DescribeDBInstances: {
    DBInstanceSet: [
      { DBInstanceId: "postgres-1", DBInstanceName: "openclaw-gz", CreateTime: "2026-11-26 01:02:03" },
      { DBInstanceId: "postgres-2", DBInstanceName: "openclaw-gz-other", CreateTime: "2026-11-26 01:02:03" },
    ],
  },
  DescribeNodePools: { NodePools: [{ NodePoolId: "np-1", Name: "system", CreatedAt: null }] },
};

test("what was forgotten is listed with both ways out, in the order of deletion", async () => {
  const { text, findings } = await looked(partly, forgotten, products);
  expect(isClean(findings)).toBe(false);
  expect(text).toMatchSnapshot();
});

test("as JSON it is the same", async () => {
  const { findings } = await looked(partly, forgotten, products);
  expect(JSON.parse(JSON.stringify(findingsJson(findings, place)))).toMatchSnapshot();
});

test("of two that are the same resource of the program one can be taken over", async () => {
  const { text } = await looked(components, [
    { six: qcs("vpc/eip", "eip-1"), resource: "tke-egress-1" },
    { six: qcs("vpc/eip", "eip-2"), resource: "tke-egress-1" },
  ]);
  expect(text.match(/one of 2 that are tke-egress-1: the others must be deleted/g)).toHaveLength(2);
});

test("the pages of the tag service are followed to their end, by all three tags", async () => {
  const { questions } = await looked(components, forgotten);
  const pages = questions.filter(({ action }) => action === "GetResources");
  expect(pages.map(({ parameters }) => parameters.PaginationToken)).toEqual(["", "1", "2", "3", "4", "5"]);
  expect(pages[0]?.parameters).toMatchObject({
    TagFilters: [
      { TagKey: "pulumi-project", TagValue: ["openclaw"] },
      { TagKey: "stack", TagValue: ["tke-platform"] },
      { TagKey: "managed-by", TagValue: ["openclaw-tenants"] },
    ],
    MaxResults: 200,
  });
});

test("pages without end are no clean account", async () => {
  const endless = { GetResources: { ResourceTagMappingList: [], PaginationToken: "again" } };
  const { findings } = await looked(components, [], endless);
  expect(findings.gaps).toMatchObject([{ why: expect.stringContaining("same page again") }]);
});

test("a product that lists in pages is asked for the next while they are full", async () => {
  const full = (from: number) =>
    Array.from({ length: 100 }, (_, index) => ({ InstanceId: `crs-${from + index}`, InstanceName: "other" }));
  const last = [{ InstanceId: "crs-last", InstanceName: "openclaw-gz" }];
  const answers = {
    get DescribeInstances() {
      asked += 1;
      return { InstanceSet: asked <= 2 ? full(asked * 100) : last };
    },
  };
  let asked = 0;
  const { findings, questions } = await looked(components, [], answers);
  expect(findings.orphans).toMatchObject([{ id: "crs-last" }]);
  const offsets = questions.flatMap(({ action, parameters: { Offset } }) =>
    action === "DescribeInstances" ? [Offset] : [],
  );
  expect(offsets).toEqual([0, 100, 200]);
});

test("a refused question leaves a gap, names the action, and does not hide the rest", async () => {
  const { findings, text } = await looked(components, [{ six: qcs("vpc/eip", "eip-1") }], {
    DescribeDBInstances: { refuse: "UnauthorizedOperation" },
  });
  expect(findings.orphans).toMatchObject([{ id: "eip-1" }]);
  expect(isClean(findings)).toBe(false);
  expect(text).toContain(
    "Not looked at, so there may be more:\n  databases called openclaw-gz: postgres:DescribeDBInstances is not allowed",
  );
  expect(text).toContain("docs/cam has the action");
});

test("a tag search that is refused is never a clean account", async () => {
  const { findings, text } = await looked(components, [], {
    GetResources: { refuse: "AuthFailure.UnauthorizedOperation" },
  });
  expect(isClean(findings)).toBe(false);
  expect(text).toContain("Nothing was found of tke-platform");
  expect(text).toContain("tag:GetResources is not allowed");
});

test("no credential is in what is printed, though refusals repeat one", async () => {
  const { text, findings } = await looked(components, [], {
    GetResources: { refuse: "FailedOperation" },
    ListKeyDetail: { refuse: "RequestLimitExceeded" },
  });
  const printed = text + JSON.stringify(findingsJson(findings, place));
  expect(printed).toContain("[secret]");
  for (const secret of Object.values(credentials)) {
    expect(printed).not.toContain(secret);
  }
});

test("credentials of another account are refused before it is said to be clean", async () => {
  const other = { GetCallerIdentity: { AccountId: "100000000001" } };
  await expect(looked(components, [], other)).rejects.toThrow(
    "of the account 100000000001, and the stack is in 100012345678",
  );
});

test("machines of a node pool of the state are its own; those of a forgotten one are listed", async () => {
  const machine = { six: qcs("cvm/instance", "ins-1"), resource: "tke-pool-system" };
  const pool = inState("kubernetesNativeNodePool", "tke-pool-system", "cls-1#np-1");
  const known = await looked([...components, pool], [machine]);
  expect(known.findings).toMatchObject({ orphans: [], machines: [{ id: "ins-1" }] });
  expect(known.text).toContain("1 machine and such of its node pools");
  const lost = await looked(components, [machine]);
  expect(lost.findings).toMatchObject({ orphans: [{ id: "ins-1" }], machines: [] });
});

test("a second node pool of a known cluster is found though its name is the same", async () => {
  const cluster = inState("kubernetesCluster", "tke-cluster", "cls-1");
  const pool = inState("kubernetesNativeNodePool", "tke-pool-system", "cls-1#np-1");
  const pools = [
    { NodePoolId: "np-1", Name: "system" },
    { NodePoolId: "np-2", Name: "system" },
  ];
  const { findings } = await looked([...components, cluster, pool], [], {
    DescribeNodePools: { NodePools: pools },
  });
  expect(findings.orphans).toMatchObject([
    { id: "cls-1#np-2", import: { impossible: "the state has another one as tke-pool-system, cls-1#np-1" } },
  ]);
});

test.each([200, 403])("a bucket that answers %i to a stranger is there", async (status) => {
  const { findings } = await looked(components, [], { HEAD: { status, json: {} } });
  expect(findings.orphans).toMatchObject([
    { id: place.bucket, import: { command: expect.stringContaining(" services-bucket ") } },
  ]);
});

test("a bucket that answers something else is a gap", async () => {
  const { findings } = await looked(components, [], { HEAD: { status: 500, json: {} } });
  expect(findings.gaps).toMatchObject([{ what: `the bucket ${place.bucket}` }]);
});

test("of a cell its tenants' roles are looked for, and nothing of the platform", async () => {
  const cell: Place = { ...place, stack: "tke-cell-01", isOwner: false, tenantIds: ["kestrel"] };
  const { bucket: _, ...withoutBucket } = cell;
  const List = [
    { RoleId: "461", RoleName: "openclaw-gz--kestrel" },
    { RoleId: "462", RoleName: "openclaw-gz--neighbour" },
  ];
  const { findings, questions } = await looked(components, [], { DescribeRoleList: { List } }, withoutBucket);
  expect(findings.orphans).toMatchObject([{ id: "461", resource: "kestrel-role" }]);
  expect(questions.map(({ action }) => action)).toEqual([
    "GetCallerIdentity",
    "GetResources",
    "DescribeRoleList",
    "ListPolicies",
  ]);
});

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

test("a failed update of a stack on Tencent Cloud points here, and no other does", () => {
  for (const stack of ["tke-platform", "tke-cell-01"]) {
    expect(orphansHint({ kind: "own", stack })).toEqual([
      expect.stringContaining(`npm run orphans -- --stack ${stack}`),
    ]);
    expect(orphansHint({ kind: "embedded", stack })).toEqual([]);
  }
  for (const stack of ["ack-platform", "dev", "nowhere"]) {
    expect(orphansHint({ kind: "own", stack })).toEqual([]);
  }
});

const variables = ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"] as const;

beforeEach(() => {
  for (const name of variables) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => vi.unstubAllEnvs());

test.each([[[]], [["--region", "ap-guangzhou"]], [["--stack", "tke-platform", "--region", "Guangzhou 6"]]])(
  "%j is wrong usage",
  async (argv) => {
    await expect(main(argv)).rejects.toThrow(UsageError);
  },
);

test.each([
  [["--stack", "nowhere"], "There is no Pulumi.nowhere.yaml"],
  [["--stack", "tke-platform"], "still has placeholders"],
  [["--stack", "dev"], "kind existing"],
])("%j is refused before anything is asked", async (argv, message) => {
  await expect(main(argv)).rejects.toThrow(message);
});

test("wrong usage ends with exit code 2, and the command is in the list", async () => {
  const complain = vi.spyOn(console, "error").mockReturnValue();
  const print = vi.spyOn(console, "log").mockReturnValue();
  try {
    expect(await runMain(["orphans"])).toBe(2);
    expect(complain.mock.calls.flat().join()).toContain("--stack is required");
    expect(await runMain(["--help"])).toBe(0);
    expect(print.mock.calls.flat().join()).toContain("\n  orphans ");
  } finally {
    complain.mockRestore();
    print.mockRestore();
  }
});
