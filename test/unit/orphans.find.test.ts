import { expect, test } from "vitest";
import { findOrphans } from "../../ops/orphans/find.ts";
import type { Place } from "../../ops/orphans/place.ts";
import { findingsJson, findingsText, isClean } from "../../ops/orphans/report.ts";
import type { StateResource } from "../../ops/orphans/state.ts";
import { tencentApi } from "../../ops/tencentcloud/api.ts";
import { type ApiAnswer, type ApiQuestion, credentials, fakeApi } from "../fixtures/tencentcloud/api.ts";
import { components, inState, place, qcs } from "../fixtures/tencentcloud/orphans.ts";

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
