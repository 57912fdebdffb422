import { describe, expect, test } from "vitest";
import planChange from "../fixtures/engines/planChange.json" with { type: "json" };
import {
  differ,
  differences,
  previewOf,
  quota,
  quotaType,
  secretValue,
  stepEvent,
} from "../fixtures/review.ts";

/** One change as two engines tell it: a comment must not show which of them it was. */

/** Inputs in the states that both engines wrote before and after a tenant's plan became a larger one, cut short. */
test("a larger plan, as both engines have saved it, reads alike", () => {
  const told = (engine: "official" | "standIn") =>
    previewOf(
      ...planChange.map(({ type, name, ...engines }) => {
        const { old, new: now } = engines[engine];
        return stepEvent("update", { type, name, old: { inputs: old }, new: { inputs: now } });
      }),
    );
  expect(told("official")).toEqual(told("standIn"));
  const memory = "spec.template.spec.containers[openclaw].resources.limits.memory";
  expect(differences(told("official"))).toEqual(
    expect.arrayContaining([
      { path: memory, from: '"2Gi"', to: '"4Gi"' },
      { path: 'spec.hard["limits.memory"]', from: '"2560Mi"', to: '"4608Mi"' },
      { path: "spec.resources.requests.storage", from: '"10Gi"', to: '"50Gi"' },
    ]),
  );
});

describe("a quantity", () => {
  const changed = (from: string, to: string) =>
    previewOf(
      stepEvent("update", {
        type: quotaType,
        old: quota({ "limits.memory": from }),
        new: quota({ "limits.memory": to }),
        ...differ('spec.hard["limits.memory"]'),
      }),
    );

  test("that changes is told alike, as the program writes it or as the official provider does", () => {
    const standIn = changed("2048Mi", "4096Mi");
    expect(standIn).toEqual(changed("2Gi", "4Gi"));
    expect(differences(standIn)).toEqual([
      { path: 'spec.hard["limits.memory"]', from: '"2Gi"', to: '"4Gi"' },
    ]);
  });

  test("that is spelt in another way is no change, nor is one beside it hidden", () => {
    expect(changed("2048Mi", "2Gi")).toMatchObject({ counts: { update: 0, same: 1 }, changes: [] });
    const beside = previewOf(
      stepEvent("update", {
        type: quotaType,
        old: quota({ "limits.cpu": "0.5", pods: "2" }),
        new: quota({ "limits.cpu": "500m", pods: "3" }),
        ...differ('spec.hard["limits.cpu"]', "spec.hard.pods"),
      }),
    );
    expect(beside.counts).toMatchObject({ update: 1 });
    expect(differences(beside)).toEqual([{ path: "spec.hard.pods", from: '"2"', to: '"3"' }]);
  });

  test("that the engine finds changed where the inputs are alike is a change, whatever it is", () => {
    const { counts, changes } = previewOf(
      stepEvent("update", {
        type: quotaType,
        old: quota({ pods: "2" }),
        new: quota({ pods: "2" }),
        ...differ("spec.hard.pods"),
      }),
    );
    expect(counts).toMatchObject({ update: 1 });
    expect(changes[0]?.properties).toEqual([{ path: "spec.hard.pods" }]);
  });

  const template = (resources: object, sizeLimit: unknown) => ({
    spec: {
      containers: [{ name: "openclaw", resources }],
      volumes: [{ name: "tmp", emptyDir: { sizeLimit } }],
    },
  });

  test.each<[where: string, type: string, written: object, canonical: object]>([
    [
      "a pod's containers and volumes",
      "kubernetes:apps/v1:Deployment",
      {
        spec: {
          template: template({ limits: { cpu: 2, memory: "2048Mi" }, requests: { cpu: "0.5" } }, "0.5Gi"),
        },
      },
      {
        spec: {
          template: template({ limits: { cpu: "2", memory: "2Gi" }, requests: { cpu: "500m" } }, "512Mi"),
        },
      },
    ],
    [
      "a claim",
      "kubernetes:core/v1:PersistentVolumeClaim",
      { spec: { resources: { requests: { storage: "10240Mi" } } } },
      { spec: { resources: { requests: { storage: "10Gi" } } } },
    ],
    [
      "a LimitRange",
      "kubernetes:core/v1:LimitRange",
      {
        spec: {
          limits: [{ type: "Container", max: { cpu: "2000m" }, defaultRequest: { memory: "1024Mi" } }],
        },
      },
      { spec: { limits: [{ type: "Container", max: { cpu: "2" }, defaultRequest: { memory: "1Gi" } }] } },
    ],
  ])("of %s is spelt one way", (_where, type, written, canonical) => {
    const created = (inputs: object) => previewOf(stepEvent("create", { type, new: { inputs } }));
    expect(created(written)).toEqual(created(canonical));
    expect(created(written).changes[0]?.inputs).not.toMatch(/2048|1024|0\.5|2000m/);
  });

  test.each<[what: string, type: string, inputs: object]>([
    ["a text of a ConfigMap", "kubernetes:core/v1:ConfigMap", { data: { size: "1024Mi" } }],
    [
      "a number in a configuration file",
      "kubernetes:core/v1:ConfigMap",
      { data: { "app.json": '{"resources":{"limits":{"memory":"1024Mi"}}}' } },
    ],
    [
      "an environment variable",
      "kubernetes:apps/v1:Deployment",
      { spec: { containers: [{ name: "a", env: [{ name: "LIMIT", value: "1024Mi" }] }] } },
    ],
    ["a cloud's number", "alicloud:rds/instance:Instance", { resources: { limits: { memory: "1024Mi" } } }],
  ])("is not %s", (_what, type, inputs) => {
    expect(previewOf(stepEvent("create", { type, new: { inputs } })).changes[0]?.inputs).toContain("1024Mi");
  });
});

describe("an empty list", () => {
  const type = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";
  const policy = (spec: object) => ({ inputs: { spec } });
  const changed = (from: object, to: object, path = "spec.variables") =>
    previewOf(stepEvent("update", { type, old: policy(from), new: policy(to), ...differ(path) }));

  test("is the same as none, which the official provider writes for it", () => {
    expect(changed({}, { variables: [] })).toMatchObject({ counts: { update: 0, same: 1 }, changes: [] });
  });

  test("in the place of a full one takes away what was in it", () => {
    const told = changed({ variables: [{ name: "a" }, { name: "b" }] }, { variables: [] });
    expect(told).toEqual(changed({ variables: [{ name: "a" }, { name: "b" }] }, {}));
    expect(differences(told)).toContainEqual({ path: "spec.variables[a]", from: "{}" });
  });

  test("is no empty mapping, which says something", () => {
    const told = changed({}, { podSelector: {} }, "spec.podSelector");
    expect(differences(told)).toEqual([
      { path: "spec", from: "{}" },
      { path: "spec.podSelector", to: "{}" },
    ]);
  });
});

describe("the data of a Secret", () => {
  const secretType = "kubernetes:core/v1:Secret";
  const secret = (labels: object = {}) => ({ inputs: { metadata: { labels }, data: secretValue() } });
  const deleted = (...keys: readonly string[]) => ({
    detailedDiff: Object.fromEntries(
      keys.map((key) => [`data.${key}`, { diffKind: "delete", inputDiff: true }]),
    ),
  });
  const step = (op: string, detail: object, labels: object = {}) =>
    previewOf(stepEvent(op, { type: secretType, old: secret(), new: secret(labels), ...detail }));

  test("that is not known yet is one line, and no key of it is told to be deleted", () => {
    const standIn = step("update", differ("data"));
    expect(step("update", deleted("BACKUP_PASSWORD", "OPENCLAW_GATEWAY_TOKEN"))).toEqual(standIn);
    expect(differences(standIn)).toEqual([{ path: "data" }]);
  });

  test("is one line as well where single keys of it are known to change", () => {
    expect(differences(step("update", differ("data.PGPASSWORD", 'data["cache-password"]')))).toEqual([
      { path: "data" },
    ]);
  });

  test("is not lost beside a change that can be shown", () => {
    const label = 'metadata.labels["openclaw.ai/plan"]';
    const both = step("update", differ("data.TOKEN", label), { "openclaw.ai/plan": "pro" });
    expect(differences(both)).toEqual(
      expect.arrayContaining([{ path: label, to: '"pro"' }, { path: "data" }]),
    );
  });

  test("keeps its keys where it is no Secret's", () => {
    const { changes } = previewOf(
      stepEvent("update", { old: {}, new: {}, ...differ("data.one", "data.other") }),
    );
    expect(changes[0]?.properties).toEqual([{ path: "data.one" }, { path: "data.other" }]);
  });
});

test("an update of which the engine does not say what it is for is not passed over", () => {
  const step = stepEvent("update", {
    type: quotaType,
    old: quota({}),
    new: quota({}),
    diffs: ["spec", "__inputs"],
  });
  const { counts, changes } = previewOf(step);
  expect(counts).toMatchObject({ update: 1 });
  expect(changes[0]?.properties).toEqual([{ path: "spec" }]);
});

test("a plan after a refresh is compared with what is there, not with what was saved", () => {
  const [saved, found] = [quota({ pods: "3" }), quota({ pods: "99" })];
  const update = stepEvent("update", {
    type: quotaType,
    old: found,
    new: saved,
    ...differ("spec.hard.pods"),
  });
  const refresh = stepEvent("refresh", { type: quotaType, old: saved, new: found });
  expect(differences(previewOf(refresh, update))).toEqual(differences(previewOf(update)));
  expect(differences(previewOf(update))).toHaveLength(1);
});

test("a smaller claim is told in the one spelling", () => {
  const claim = (storage: string) => ({ inputs: { spec: { resources: { requests: { storage } } } } });
  const { dangers } = previewOf(
    stepEvent("update", {
      type: "kubernetes:core/v1:PersistentVolumeClaim",
      old: claim("51200Mi"),
      new: claim("10240Mi"),
    }),
  );
  expect(dangers[0]?.reasons).toEqual(["shrinks from 50Gi to 10Gi"]);
});
