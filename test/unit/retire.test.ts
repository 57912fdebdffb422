import { join } from "node:path";
import { expect, test } from "vitest";
import { accountsJobSpec } from "../../components/services/accounts/jobs.ts";
import { retireBindingSpec, retireJobSpec } from "../../components/services/accounts/retire.ts";
import {
  retireAccountSpec,
  retireNetworkPolicySpec,
  retireRoleSpec,
} from "../../components/services/accounts/retireAccount.ts";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { type HttpAnswer, httpServer } from "../fixtures/httpServer.ts";
import { inClusterFacts } from "../fixtures/services.ts";
import { temporaryFolder, tenant } from "../fixtures/tenant.ts";

const rotated = (fields: object = {}) => tenant({ id: "acme", keyEpoch: 3, ...fields });
const instance = { image: "registry.example/openclaw:1" };
const job = (fields: object = {}) => retireJobSpec(rotated(fields), inClusterFacts, instance);
const podOf = (spec: ReturnType<typeof job>) => {
  const pod = spec.template.spec;
  if (pod === undefined) {
    throw new Error("the Job has no pod");
  }
  return pod;
};

const environmentOf = (spec: ReturnType<typeof job>): Record<string, string> =>
  Object.fromEntries(
    (podOf(spec).initContainers?.[0]?.env ?? []).map(({ name, value }) => [name, value ?? ""]),
  );

test("credentials end only after a container that waits for the tenant's pod, once and no further", () => {
  const [wait, ...others] = podOf(job()).initContainers ?? [];
  expect(others).toEqual([]);
  expect(wait).toMatchObject({ name: "workload", image: instance.image });
  expect(job().podFailurePolicy).toEqual({
    rules: [
      {
        action: "FailJob",
        onExitCodes: { operator: "In", values: [10] },
      },
    ],
  });
  // It must be able to say what was missing, and the others to do their work, before the Job ends.
  expect(Number(environmentOf(job()).WAIT_SECONDS)).toBeLessThan((job().activeDeadlineSeconds ?? 0) - 60);
});

test("the token for the API server is mounted into that container alone", () => {
  const { initContainers, containers, automountServiceAccountToken, serviceAccountName, volumes } = podOf(
    job(),
  );
  expect({ automountServiceAccountToken, serviceAccountName }).toEqual({
    automountServiceAccountToken: false,
    serviceAccountName: retireAccountSpec().metadata.name,
  });
  const volume = (volumes ?? []).find(({ projected }) => projected !== undefined)?.name;
  const mounting = [...(initContainers ?? []), ...containers].filter(({ volumeMounts }) =>
    volumeMounts?.some(({ name }) => name === volume),
  );
  expect(mounting.map(({ name }) => name)).toEqual(["workload"]);
});

test("of a suspended tenant, which has no pod, nothing is waited for", () => {
  const suspended = rotated({ state: "suspended" });
  expect(retireJobSpec(suspended, inClusterFacts, instance)).toEqual(
    accountsJobSpec("retire", suspended, inClusterFacts),
  );
});

test("the account sees pods and the Deployment, where a tenant's namespace lends it that", () => {
  expect(retireRoleSpec().rules).toEqual([
    { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
    { apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["openclaw"], verbs: ["get"] },
  ]);
  const { metadata, roleRef, subjects } = retireBindingSpec(rotated());
  expect(metadata).toMatchObject({ namespace: "tenant-acme", labels: { "openclaw.ai/tenant": "acme" } });
  expect(roleRef.name).toBe(retireRoleSpec().metadata.name);
  const { name, namespace } = retireAccountSpec().metadata;
  expect(subjects).toEqual([{ kind: "ServiceAccount", name, namespace }]);
});

test("its pods alone are let out to private networks, and not to metadata services", () => {
  const { podSelector, egress } = retireNetworkPolicySpec().spec ?? {};
  expect(job().template.metadata?.labels).toMatchObject(podSelector?.matchLabels ?? { missing: "labels" });
  const provision = accountsJobSpec("provision", rotated(), inClusterFacts).template.metadata?.labels ?? {};
  expect(Object.keys(provision)).not.toContain(Object.keys(podSelector?.matchLabels ?? {})[0]);
  const blocks = (egress ?? []).flatMap(({ to }) => (to ?? []).flatMap(({ ipBlock }) => ipBlock ?? []));
  expect(blocks.map(({ cidr }) => cidr)).not.toContain("0.0.0.0/0");
  expect(blocks.flatMap(({ except }) => except ?? [])).toEqual(
    expect.arrayContaining(["100.100.100.200/32", "169.254.169.254/32"]),
  );
});

const script = join(repository, "components/services/accounts/scripts/retire-wait.mjs");

interface PodFields {
  readonly epoch?: string;
  readonly ready?: boolean;
  readonly terminating?: boolean;
  readonly status?: object;
}

const pod = ({ epoch = "3", ready = true, terminating = false, status = {} }: PodFields = {}) => ({
  metadata: {
    name: "openclaw-7d9",
    annotations: { "openclaw.ai/key-epoch": epoch },
    ...(terminating ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
  },
  status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }], ...status },
});

const refusal =
  "pods \"openclaw-7d9-\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no";

/** What the script says of a cluster whose list of pods is one answer after the other, the last one for ever. */
async function waited(answers: readonly [HttpAnswer, ...HttpAnswer[]], seconds = "0") {
  using folder = temporaryFolder({ token: "the-token\n" });
  let asked = 0;
  await using server = await httpServer(({ path }) => {
    if (path.startsWith("/apis/apps/v1/namespaces/tenant-acme/deployments/openclaw")) {
      const failure = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: refusal };
      return { json: { status: { conditions: [failure] } } };
    }
    const answer = answers[Math.min(asked, answers.length - 1)] ?? answers[0];
    asked += 1;
    return answer;
  });
  const { NODE_EXTRA_CA_CERTS, ...environment } = environmentOf(job());
  const { code, stdout, stderr } = await run(process.execPath, [script], {
    env: {
      ...environment,
      API_SERVER: server.url,
      TOKEN_FILE: join(folder.path, "token"),
      WAIT_SECONDS: seconds,
    },
  });
  return { code, said: stdout + stderr, requests: server.requests };
}

const list = (...items: object[]): HttpAnswer => ({ json: { items } });

test("a ready pod of this epoch is enough; the tenant's pods alone are asked for, with the token", async () => {
  const { code, said, requests } = await waited([list(pod())]);
  expect({ code, said }).toEqual({ code: 0, said: "retire: a pod of epoch 3 in tenant-acme is ready\n" });
  expect(requests).toHaveLength(1);
  expect(requests[0]?.headers.authorization).toBe("Bearer the-token");
  const { pathname, searchParams } = new URL(requests[0]?.path ?? "", "http://server");
  expect(pathname).toBe("/api/v1/namespaces/tenant-acme/pods");
  expect(searchParams.get("labelSelector")).toBe("app.kubernetes.io/name=openclaw,openclaw.ai/tenant=acme");
});

test("a pod that becomes ready is waited for, and an API server that does not answer yet", async () => {
  const answers = [
    { status: 503, json: { message: "starting" } },
    list(pod({ ready: false })),
    list(pod()),
  ] as const;
  const { code, requests } = await waited([...answers], "60");
  expect(code).toBe(0);
  expect(requests).toHaveLength(3);
});

const waiting = (reason: string, message: string) => ({
  containerStatuses: [{ name: "openclaw", state: { waiting: { reason, message } } }],
});
const unschedulable = {
  conditions: [
    { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes are available" },
  ],
};

test.each([
  ["there is no pod", list(), `FailedCreate: ${refusal}`],
  ["it is of the epoch before", list(pod({ epoch: "2" })), `FailedCreate: ${refusal}`],
  ["it is ending", list(pod({ terminating: true })), `FailedCreate: ${refusal}`],
  ["it is not ready", list(pod({ ready: false })), "pod openclaw-7d9 is not ready"],
  [
    "its image cannot be had",
    list(pod({ ready: false, status: waiting("ErrImagePull", "not found") })),
    "pod openclaw-7d9 is not ready: container openclaw: ErrImagePull: not found",
  ],
  [
    "it fits on no node",
    list(pod({ ready: false, status: unschedulable })),
    "pod openclaw-7d9 is not ready: Unschedulable: 0/3 nodes are available",
  ],
  ["it may not ask", { status: 403, json: { message: "pods is forbidden" } }, "answered 403"],
])("no credential ends when %s", async (_what, answer, why) => {
  const { code, said } = await waited([answer]);
  expect(code).toBe(10);
  expect(said).toContain(
    "retire: no credential was ended, because a pod of epoch 3 in tenant-acme is not ready after 0 s: ",
  );
  expect(said).toContain(why);
});

test("an API server that cannot be reached is named, and what kept from it", async () => {
  using folder = temporaryFolder({ token: "the-token" });
  const server = await httpServer(() => list());
  await server[Symbol.asyncDispose]();
  const { NODE_EXTRA_CA_CERTS, ...environment } = environmentOf(job());
  const { code, stderr } = await run(process.execPath, [script], {
    env: {
      ...environment,
      API_SERVER: server.url,
      TOKEN_FILE: join(folder.path, "token"),
      WAIT_SECONDS: "0",
    },
  });
  expect(code).toBe(10);
  expect(stderr).toMatch(/http:\/\/127\.0\.0\.1:\S* does not answer: .*ECONNREFUSED.*NetworkPolicy retire/);
});
