import { describe, expect, test } from "vitest";
import type { Kubectl } from "../../tools/cli/kubectl.ts";
import { whyTable } from "../../tools/cli/why.ts";
import { foundIn } from "../../tools/diagnosis/objects.ts";
import { namespacesToAsk, reasonsByTenant, unsettledTenants } from "../../tools/diagnosis/tenants.ts";
import { Attention, type Trouble, troublesOf, watchWhile } from "../../tools/diagnosis/watch.ts";
import { UserError } from "../../tools/terminal/errors.ts";

/** Objects as the API server of the embedded cluster and of a real node has them, as far as they matter here. */

interface Status {
  readonly [field: string]: unknown;
}

const metadata = (name: string, namespace: string, labels: object = {}) => ({
  name,
  namespace,
  uid: `${namespace}/${name}`,
  generation: 2,
  labels: { "openclaw.ai/tenant": "acme", ...labels },
});

const deployment = (status: Status = {}, replicas = 1) => ({
  kind: "Deployment",
  metadata: metadata("openclaw", "tenant-acme"),
  spec: { replicas },
  status: { observedGeneration: 2, ...status },
});

const running = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };

const refused = (message: string) =>
  deployment({
    unavailableReplicas: 1,
    conditions: [
      {
        type: "Progressing",
        status: "True",
        reason: "NewReplicaSetCreated",
        message: "Created new replica set",
      },
      { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message },
    ],
  });

const pod = (status: Status, more: object = {}) => ({
  kind: "Pod",
  metadata: {
    ...metadata("openclaw-7c5d8f6c8b-x2x4z", "tenant-acme", { "app.kubernetes.io/name": "openclaw" }),
    ...more,
  },
  status: { phase: "Pending", ...status },
});

const container = (state: object, more: object = {}) => ({
  containerStatuses: [{ name: "openclaw", ready: false, state, ...more }],
});

const job = (name: string, status: Status = {}, namespace = "openclaw-services") => ({
  kind: "Job",
  metadata: metadata(name, namespace),
  status,
});

const failed = (reason: string, message: string) => ({
  conditions: [{ type: "Failed", status: "True", reason, message }],
});

const jobPod = (jobName: string, status: Status) => ({
  kind: "Pod",
  metadata: metadata(`${jobName}-4k2lp`, "openclaw-services", { "batch.kubernetes.io/job-name": jobName }),
  status,
});

const event = (involved: string, reason: string, message: string) => ({
  kind: "Event",
  metadata: { name: "an-event", namespace: involved.split("/")[0] },
  involvedObject: { uid: involved },
  type: "Warning",
  reason,
  message,
});

const reasonsOf = (...items: object[]) => reasonsByTenant(foundIn({ items })).get("acme");

describe("the pod of a tenant", () => {
  test.each([
    [
      "a quota refuses",
      [
        refused(
          'pods "openclaw-7c5d8f6c8b-" is forbidden: exceeded quota: openclaw, requested: pods=1, used: pods=0, limited: pods=0',
        ),
      ],
      { cause: "quota", text: "exceeded quota: openclaw, requested: pods=1, used: pods=0, limited: pods=0" },
    ],
    [
      "an admission policy refuses",
      [
        refused(
          `pods "openclaw-7c5d8f6c8b-" is forbidden: ValidatingAdmissionPolicy 'no-pods' with binding 'no-pods' denied request: no pods today`,
        ),
      ],
      {
        cause: "admission",
        text: "ValidatingAdmissionPolicy 'no-pods' with binding 'no-pods' denied request: no pods today",
      },
    ],
    [
      "Pod Security refuses",
      [refused('pods "openclaw-7c5-" is forbidden: violates PodSecurity "restricted:latest": privileged')],
      { cause: "admission", text: 'violates PodSecurity "restricted:latest": privileged' },
    ],
    [
      "has an image that is no image's name",
      [
        deployment({ replicas: 1, updatedReplicas: 1 }),
        pod(container({ waiting: { reason: "InvalidImageName", message: 'Failed to apply "UPPER"' } })),
      ],
      { cause: "image", text: 'InvalidImageName: Failed to apply "UPPER"' },
    ],
    [
      "has an image that cannot be had",
      [
        deployment({ replicas: 1, updatedReplicas: 1 }),
        pod(
          container({
            waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "ghcr.io/none:1"' },
          }),
        ),
      ],
      { cause: "image", text: 'ImagePullBackOff: Back-off pulling image "ghcr.io/none:1"' },
    ],
    [
      "fits on no node",
      [
        deployment({ replicas: 1, updatedReplicas: 1 }),
        pod({
          conditions: [
            {
              type: "PodScheduled",
              status: "False",
              reason: "Unschedulable",
              message: "0/4 nodes are available: 4 node(s) were unschedulable.",
            },
          ],
        }),
      ],
      { cause: "scheduling", text: "0/4 nodes are available: 4 node(s) were unschedulable." },
    ],
    [
      "ends again and again",
      [
        deployment({ replicas: 1, updatedReplicas: 1 }),
        pod({
          phase: "Running",
          ...container(
            { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s restarting failed container" } },
            { lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
          ),
        }),
      ],
      { cause: "container", text: "CrashLoopBackOff: ended with code 137 (OOMKilled)" },
    ],
    [
      "cannot mount its volume",
      [
        deployment({ replicas: 1, updatedReplicas: 1 }),
        pod(container({ waiting: { reason: "ContainerCreating" } })),
        event(
          "tenant-acme/openclaw-7c5d8f6c8b-x2x4z",
          "FailedAttachVolume",
          "Multi-Attach error for volume\n  pvc-1",
        ),
      ],
      { cause: "volume", text: "FailedAttachVolume: Multi-Attach error for volume pvc-1" },
    ],
    [
      "has a claim that nobody provisions",
      [
        deployment({ replicas: 1, updatedReplicas: 1 }),
        pod({}),
        {
          kind: "PersistentVolumeClaim",
          metadata: metadata("openclaw-data", "tenant-acme"),
          status: { phase: "Pending" },
        },
        event("tenant-acme/openclaw-data", "ProvisioningFailed", "quota of disks exceeded"),
      ],
      { cause: "volume", text: "ProvisioningFailed: quota of disks exceeded" },
    ],
    [
      "runs and is not ready",
      [
        deployment({ replicas: 1, updatedReplicas: 1 }),
        pod({ phase: "Running", ...container({ running: { startedAt: "2026-01-01T00:00:00Z" } }) }),
      ],
      { cause: "not ready yet", text: "it runs, and its probes do not say that it is ready" },
    ],
  ])("that %s", (_what, items, reason) => {
    expect(reasonsOf(...items)).toEqual([reason]);
  });

  test.each([
    ["runs", [deployment(running)]],
    ["is not to run", [deployment({}, 0)]],
  ])("has no reason when it %s, whatever is left of former pods", (_what, items) => {
    const former = pod(container({ waiting: { reason: "ErrImagePull", message: "not found" } }));
    expect(reasonsOf(...items, former)).toBeUndefined();
  });

  test("is not blamed for a pod that is ending, nor for warnings of before it ran", () => {
    const ending = pod(container({ waiting: { reason: "ErrImagePull", message: "not found" } }), {
      deletionTimestamp: "2026-01-01T00:00:00Z",
    });
    const runs = pod({ phase: "Running", ...container({ running: {} }) });
    const old = event("tenant-acme/openclaw-7c5d8f6c8b-x2x4z", "FailedMount", "timed out");
    expect(reasonsOf(deployment({ replicas: 1, updatedReplicas: 1 }), ending, runs, old)).toEqual([
      { cause: "not ready yet", text: "it runs, and its probes do not say that it is ready" },
    ]);
  });

  test("whose Secret the same update is about to make is given time", () => {
    expect(
      reasonsOf(refused('pods "openclaw-7c5-" is forbidden: error looking up service account: not found')),
    ).toEqual([{ cause: "not ready yet", text: "error looking up service account: not found" }]);
  });

  test("has a reason of one line, and not of a page", () => {
    const page = `0/900 nodes are available:\n${"node(s) had untolerated taint, ".repeat(100)}`;
    const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: page }];
    const [reason] = reasonsOf(deployment({ replicas: 1 }), pod({ conditions })) ?? [];
    expect(reason?.text.length).toBeLessThanOrEqual(400);
    expect(reason?.text).toMatch(/^0\/900 nodes are available: node\(s\) had .*…$/);
  });
});

describe("a Job of an update", () => {
  test("that failed says what its container said last", () => {
    const said = "retire: no credential was ended, because a pod of epoch 2 in tenant-acme is not ready";
    const terminated = { exitCode: 10, reason: "Error", message: `${said}\n` };
    expect(
      reasonsOf(
        job("retire-acme-e2", failed("PodFailurePolicy", "Container workload failed with exit code 10")),
        jobPod("retire-acme-e2", {
          phase: "Failed",
          initContainerStatuses: [{ name: "workload", state: { terminated } }],
        }),
      ),
    ).toEqual([{ cause: "job", text: `Job retire-acme-e2: container workload ended with code 10: ${said}` }]);
  });

  test("whose pods are gone says why it failed", () => {
    expect(
      reasonsOf(
        job("provision-acme-e1", failed("DeadlineExceeded", "Job was active longer than specified deadline")),
      ),
    ).toEqual([
      {
        cause: "job",
        text: "Job provision-acme-e1: DeadlineExceeded: Job was active longer than specified deadline",
      },
    ]);
  });

  test("whose pod is refused says so by its events, until it has one", () => {
    const refusal = event(
      "openclaw-services/provision-acme-e1",
      "FailedCreate",
      'Error creating: pods "provision-acme-e1-4k2lp" is forbidden: exceeded quota: all, requested: pods=1',
    );
    const reason = {
      cause: "quota",
      text: "Job provision-acme-e1: exceeded quota: all, requested: pods=1",
    };
    expect(reasonsOf(job("provision-acme-e1"), refusal)).toEqual([reason]);
    const begun = jobPod("provision-acme-e1", { phase: "Running" });
    expect(reasonsOf(job("provision-acme-e1"), refusal, begun)).toEqual([]);
  });

  test("that tries again is given time", () => {
    const terminated = { exitCode: 2, reason: "Error", message: "could not connect" };
    expect(
      reasonsOf(
        job("provision-acme-e1"),
        jobPod("provision-acme-e1", { containerStatuses: [{ name: "database", state: { terminated } }] }),
      ),
    ).toEqual([
      {
        cause: "not ready yet",
        text: "Job provision-acme-e1: container database: ended with code 2: could not connect",
      },
    ]);
  });

  test("is no backup of last night", () => {
    expect(reasonsOf(job("openclaw-backup-29", failed("BackoffLimitExceeded", "twice"), "tenant-acme"))).toBe(
      undefined,
    );
  });
});

test("only who is unsettled is asked about further, and events only where nothing else says why", () => {
  const other = (object: { metadata: object }) => ({
    ...object,
    metadata: { ...object.metadata, namespace: "tenant-b", labels: { "openclaw.ai/tenant": "b" } },
  });
  const found = foundIn({
    items: [deployment(running), other(refused("pods is forbidden: exceeded quota: openclaw"))],
  });
  expect(unsettledTenants(found)).toEqual(["b"]);
  expect(namespacesToAsk(found)).toEqual([]);
  expect(
    namespacesToAsk(foundIn({ items: [deployment({ replicas: 1 }), job("provision-acme-e1")] })),
  ).toEqual(["openclaw-services", "tenant-acme"]);
});

const trouble = (tenant: string, cause: Trouble["cause"] = "quota"): Trouble => ({
  tenant,
  cause,
  text: "why",
});

test("a trouble is told when it is there at two looks in a row, and once", () => {
  const attention = new Attention();
  const told = [
    [],
    [trouble("a")],
    [trouble("b")],
    [trouble("b"), trouble("b"), trouble("c", "not ready yet")],
    [trouble("b"), trouble("c", "not ready yet")],
  ].map((troubles) => attention.next(troubles).map(({ tenant }) => tenant));
  expect(told).toEqual([[], [], [], ["b"], []]);
});

test("what was there before the update is told only when it comes back", () => {
  const attention = new Attention();
  const told = [[trouble("a")], [trouble("a")], [], [trouble("a")], [trouble("a")]].map(
    (troubles) => attention.next(troubles).length,
  );
  expect(told).toEqual([0, 0, 0, 0, 1]);
});

/** A cluster in which a Deployment is refused pods from its second answer on. */
function kubectlOf(answers: readonly (object | UserError)[]): Kubectl {
  let asked = 0;
  const succeed = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer instanceof UserError) {
      throw answer;
    }
    return JSON.stringify(answer);
  };
  return { succeed, run: () => Promise.reject(new Error("not asked")) };
}

const quota = {
  items: [refused('pods "openclaw-1-" is forbidden: exceeded quota: openclaw, requested: pods=1')],
};

/** An update that ends with a code once something was said, or by itself. */
function updateUntilSaid(code: number) {
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<number>();
  const say = (line: string) => {
    lines.push(line);
    resolve(code);
  };
  return { lines, say, update: () => promise };
}

test("an update's watcher tells while it runs, and has the reasons when it has failed", async () => {
  const { lines, say, update } = updateUntilSaid(255);
  const kubectl = kubectlOf([{ items: [] }, quota]);
  const { code, troubles } = await watchWhile(kubectl, update, { ids: ["acme"], say, interval: 1 });
  expect(lines).toEqual(["acme: quota: exceeded quota: openclaw, requested: pods=1"]);
  expect(code).toBe(255);
  expect(whyTable(troubles).split("\n")).toEqual([
    "TENANT  CAUSE  WHY",
    "acme    quota  exceeded quota: openclaw, requested: pods=1",
  ]);
});

test("an update that ends well leaves nothing to say, and one without a cluster neither", async () => {
  const options = { ids: ["acme"], say: () => {}, interval: 1 };
  expect(await watchWhile(kubectlOf([quota]), async () => 0, options)).toEqual({ code: 0, troubles: [] });
  const gone = kubectlOf([new UserError("The cluster does not answer")]);
  expect(await watchWhile(gone, async () => 1, options)).toEqual({ code: 1, troubles: [] });
});

test("an update that cannot be started takes its watcher with it", async () => {
  const options = { ids: ["acme"], say: () => {}, interval: 1 };
  const failing = () => Promise.reject(new UserError("no such program"));
  await expect(watchWhile(kubectlOf([quota]), failing, options)).rejects.toThrow("no such program");
});

test("a Job that had failed before the update is no reason of it", () => {
  const found = foundIn({ items: [job("retire-acme-e2", failed("BackoffLimitExceeded", "five times"))] });
  expect(troublesOf(found)).toHaveLength(1);
  expect(troublesOf(found, new Set(["openclaw-services/retire-acme-e2"]))).toEqual([]);
});
