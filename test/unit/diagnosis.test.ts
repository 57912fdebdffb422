import { describe, expect, test } from "vitest";
import { foundIn } from "../../ops/diagnosis/objects.ts";
import { namespacesToAsk, reasonsByTenant, unsettledTenants } from "../../ops/diagnosis/tenants.ts";
import { troublesOf } from "../../ops/diagnosis/watch.ts";
import {
  container,
  deployment,
  event,
  failed,
  job,
  jobPod,
  metadata,
  pod,
  refused,
  running,
} from "../fixtures/diagnosed.ts";

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

test("what a tenant's container says last cannot speak to the terminal", () => {
  const message = "no \u001b[2J\u009b1mkey\u202e\nagain\u0007";
  const terminated = { exitCode: 1, reason: "Error", message };
  const found = foundIn({ items: [deployment({}), pod(container({ terminated }))] });
  expect(troublesOf(found).map(({ text }) => text)).toEqual(["ended with code 1: no [2J 1mkey again"]);
});

test("a Job that had failed before the update is no reason of it", () => {
  const found = foundIn({ items: [job("retire-acme-e2", failed("BackoffLimitExceeded", "five times"))] });
  expect(troublesOf(found)).toHaveLength(1);
  expect(troublesOf(found, new Set(["openclaw-services/retire-acme-e2"]))).toEqual([]);
});
