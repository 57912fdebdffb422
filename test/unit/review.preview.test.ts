import { describe, expect, test } from "vitest";
import { UserError } from "../../lib/terminal/errors.ts";
import { type PreviewRun, stackPreview } from "../../ops/review/preview.ts";
import {
  diagnosticEvent,
  lines,
  policyEvent,
  secretValue,
  stepEvent,
  summaryEvent,
  unknownValue,
} from "../fixtures/review.ts";

/** The preview of a run that printed these events and ended well. */
const previewOf = (...events: readonly object[]) =>
  stackPreview("dev", { code: 0, stdout: lines(...events, summaryEvent), stderr: "" }, false);

const failed = (run: Partial<PreviewRun>) =>
  stackPreview("dev", { code: 255, stdout: "", stderr: "", ...run }, false);

const claim = "kubernetes:core/v1:PersistentVolumeClaim";
const claimOf = (storage: string) => ({ inputs: { spec: { resources: { requests: { storage } } } } });

const retained = (until: string | undefined) => ({
  inputs: { metadata: { annotations: { "openclaw.ai/retain-until": until } } },
});

describe("resources", () => {
  test("are counted once each, whatever number of steps the engine takes", () => {
    const { counts } = previewOf(
      stepEvent("same", { name: "a" }),
      stepEvent("create", { name: "b" }),
      stepEvent("update", { name: "c" }),
      stepEvent("delete", { name: "d" }),
      stepEvent("create-replacement", { name: "e" }),
      stepEvent("replace", { name: "e" }),
      stepEvent("delete-replaced", { name: "e" }),
      stepEvent("read", { name: "f" }),
    );
    expect(counts).toEqual({ create: 1, update: 1, delete: 1, replace: 1, same: 1 });
  });

  test("that change tell each property from what to what, inside a text of JSON too", () => {
    const data = (value: object) => ({
      inputs: { data: { "openclaw.json": JSON.stringify(value) }, ports: [1] },
    });
    const { changes } = previewOf(
      stepEvent("update", {
        old: data({ model: "kimi-k3", port: 1 }),
        new: data({ model: "MiniMax-M3", hosts: ["a.b"], port: 1 }),
      }),
    );
    expect(changes).toEqual([
      {
        kind: "update",
        type: "ConfigMap",
        names: ["acme-config"],
        properties: [
          { path: 'data["openclaw.json"].model', from: '"kimi-k3"', to: '"MiniMax-M3"' },
          { path: 'data["openclaw.json"].hosts[0]', to: '"a.b"' },
        ],
      },
    ]);
  });

  test("that are new show their inputs, what is not known yet by name", () => {
    const { changes } = previewOf(stepEvent("create", { new: { inputs: { name: "x", id: unknownValue } } }));
    expect(changes[0]?.inputs).toBe("name: x\nid: (known after apply)");
  });

  test("that change alike are told once, and what ends comes before what begins", () => {
    const state = (replicas: number) => ({ inputs: { spec: { replicas } } });
    const { changes } = previewOf(
      stepEvent("create", { name: "new" }),
      stepEvent("update", { name: "b", old: state(1), new: state(0) }),
      stepEvent("update", { name: "a", old: state(1), new: state(0) }),
      stepEvent("delete", { name: "gone" }),
    );
    expect(changes.map(({ kind, names }) => [kind, names])).toEqual([
      ["delete", ["gone"]],
      ["update", ["a", "b"]],
      ["create", ["new"]],
    ]);
  });

  test("whose secret alone changes say where", () => {
    const state = { inputs: { value: secretValue() } };
    const [change] = previewOf(
      stepEvent("update", { old: state, new: state, diffs: ["value"], detailedDiff: { "value.inner": {} } }),
    ).changes;
    expect(change?.properties).toEqual([{ path: "value.inner" }]);
  });
});

describe("a provider", () => {
  const provider = (kubeconfig: string, cluster = "north") => ({
    type: "pulumi:providers:kubernetes",
    name: "cluster",
    new: { inputs: { kubeconfig, clusterIdentifier: cluster } },
    old: { inputs: { kubeconfig: "old", clusterIdentifier: "north" } },
  });

  test("whose short-lived kubeconfig is another one has not changed", () => {
    const { counts, changes } = previewOf(stepEvent("update", provider("new")));
    expect(counts).toMatchObject({ update: 0, same: 1 });
    expect(changes).toEqual([]);
  });

  test("that changes in another way has, and its kubeconfig is not shown", () => {
    const { changes } = previewOf(stepEvent("update", provider("new", "south")));
    expect(changes[0]?.properties).toEqual([{ path: "clusterIdentifier", from: '"north"', to: '"south"' }]);
  });
});

describe("destructive is", () => {
  const reasonsOf = (event: object) => previewOf(event).dangers.map(({ reasons }) => reasons.join("; "));

  test.each<[what: string, event: object, reason: RegExp]>([
    [
      "a namespace's end",
      stepEvent("delete", { type: "kubernetes:core/v1:Namespace", old: {} }),
      /deletes a namespace/,
    ],
    [
      "a volume claim's replacement",
      stepEvent("replace", { type: claim, old: {}, keys: ["spec"] }),
      /replaces a volume; because of spec/,
    ],
    [
      "a database's end",
      stepEvent("delete", { type: "alicloud:rds/instance:Instance", old: {} }),
      /deletes a database/,
    ],
    [
      "a cache's end",
      stepEvent("delete", { type: "alicloud:redis/tairInstance:TairInstance", old: {} }),
      /deletes a cache/,
    ],
    [
      "a bucket's end",
      stepEvent("delete", { type: "alicloud:oss/bucket:Bucket", old: {} }),
      /deletes a bucket/,
    ],
    [
      "a cluster's replacement",
      stepEvent("replace", { type: "alicloud:cs/managedKubernetes:ManagedKubernetes", old: {} }),
      /replaces a cluster/,
    ],
    [
      "a key's end",
      stepEvent("delete", { type: "alicloud:kms/key:Key", old: {} }),
      /deletes an encryption key/,
    ],
    [
      "Tencent's database",
      stepEvent("delete", { type: "tencentcloud:index/postgresqlInstance:PostgresqlInstance", old: {} }),
      /database/,
    ],
    [
      "Tencent's cache",
      stepEvent("delete", { type: "tencentcloud:index/redisInstance:RedisInstance", old: {} }),
      /cache/,
    ],
    [
      "Tencent's bucket",
      stepEvent("delete", { type: "tencentcloud:index/cosBucket:CosBucket", old: {} }),
      /bucket/,
    ],
    [
      "Tencent's cluster",
      stepEvent("delete", { type: "tencentcloud:index/kubernetesCluster:KubernetesCluster", old: {} }),
      /cluster/,
    ],
    [
      "the end of anything protected",
      stepEvent("delete", { old: { protect: true } }),
      /protected, so the engine refuses/,
    ],
    [
      "protection lifted, in a step that is none otherwise",
      stepEvent("same", { old: { protect: true }, new: {} }),
      /no longer protected/,
    ],
    [
      "a cloud's protection switched off",
      stepEvent("update", {
        old: { inputs: { deletionProtection: true } },
        new: { inputs: { deletionProtection: false } },
      }),
      /protection, deletionProtection, is switched off/,
    ],
    [
      "an object that no longer outlives its resource",
      stepEvent("update", { old: { retainOnDelete: true }, new: {} }),
      /no longer outlive/,
    ],
    [
      "a smaller claim",
      stepEvent("update", { type: claim, old: claimOf("1Ti"), new: claimOf("200Gi") }),
      /shrinks from 1Ti to 200Gi/,
    ],
    [
      "a smaller database",
      stepEvent("update", {
        type: "alicloud:rds/instance:Instance",
        old: { inputs: { instanceStorage: 200 } },
        new: { inputs: { instanceStorage: 100 } },
      }),
      /shrinks from 200 to 100/,
    ],
    [
      "an earlier end of retention",
      stepEvent("update", {
        old: retained("2027-06-01"),
        new: retained("2026-12-01"),
      }),
      /until 2026-12-01 instead of 2027-06-01/,
    ],
  ])("%s", (_, event, reason) => {
    expect(reasonsOf(event)).toEqual([expect.stringMatching(reason)]);
  });

  test.each<[what: string, event: object]>([
    ["a route's end", stepEvent("delete", { type: "kubernetes:networking.k8s.io/v1:Ingress", old: {} })],
    [
      "a rotated credential",
      stepEvent("replace", {
        type: "random:index/randomPassword:RandomPassword",
        old: {},
        keys: ["keepers"],
      }),
    ],
    ["a larger claim", stepEvent("update", { type: claim, old: claimOf("10Gi"), new: claimOf("50Gi") })],
    [
      "the same size in another unit",
      stepEvent("update", { type: claim, old: claimOf("1Gi"), new: claimOf("1024Mi") }),
    ],
    [
      "a smaller quota",
      stepEvent("update", {
        type: "kubernetes:core/v1:ResourceQuota",
        old: { inputs: { spec: { hard: { "requests.storage": "50Gi" } } } },
        new: { inputs: { spec: { hard: { "requests.storage": "10Gi" } } } },
      }),
    ],
    [
      "a new namespace",
      stepEvent("create", { type: "kubernetes:core/v1:Namespace", new: { protect: true } }),
    ],
    ["a bucket's rule", stepEvent("delete", { type: "alicloud:oss/bucketAcl:BucketAcl", old: {} })],
    [
      "a claim that says no size any more",
      stepEvent("update", { type: claim, old: claimOf("10Gi"), new: {} }),
    ],
    ["a claim that said no size", stepEvent("update", { type: claim, old: {}, new: claimOf("10Gi") })],
    [
      "a claim of an unknown size",
      stepEvent("update", { type: claim, old: claimOf("10Gi"), new: claimOf("?") }),
    ],
    [
      "the same end of retention",
      stepEvent("update", { old: retained("2027-06-01"), new: retained("2027-06-01") }),
    ],
    [
      "a later end of retention",
      stepEvent("update", { old: retained("2026-12-01"), new: retained("2027-06-01") }),
    ],
    [
      "a tenant that is wanted again",
      stepEvent("update", { old: retained("2027-06-01"), new: retained(undefined) }),
    ],
  ])("not %s", (_, event) => {
    expect(reasonsOf(event)).toEqual([]);
  });

  test.each(["deletionProtection", "deleteProtection", "instanceReleaseProtection"])(
    "%s that is switched off, and none that stays or comes",
    (input) => {
      const of = (from: unknown, to: unknown) =>
        reasonsOf(
          stepEvent("update", { old: { inputs: { [input]: from } }, new: { inputs: { [input]: to } } }),
        );
      expect(of(true, false)).toEqual([`the cloud's own protection, ${input}, is switched off`]);
      expect([of(true, true), of(false, true), of(undefined, false)]).toEqual([[], [], []]);
    },
  );

  test.each([
    ["alicloud:rds/instance:Instance", "instanceStorage"],
    ["tencentcloud:index/postgresqlInstance:PostgresqlInstance", "storage"],
    ["tencentcloud:index/cbsStorage:CbsStorage", "storageSize"],
    ["tencentcloud:index/redisInstance:RedisInstance", "memSize"],
  ])("%s with a smaller %s, and not with a larger one", (type, input) => {
    const of = (from: number, to: number) =>
      reasonsOf(
        stepEvent("update", { type, old: { inputs: { [input]: from } }, new: { inputs: { [input]: to } } }),
      );
    expect(of(200, 100)).toEqual(["shrinks from 200 to 100"]);
    expect(of(100, 200)).toEqual([]);
  });

  test("said in full, with the properties that make a replacement necessary", () => {
    const of = (op: string, keys: readonly string[]) =>
      reasonsOf(stepEvent(op, { type: claim, old: {}, keys }));
    expect(of("delete", ["spec"])).toEqual(["deletes a volume"]);
    expect(of("replace", [])).toEqual(["replaces a volume"]);
    expect(of("replace", ["spec", "metadata"])).toEqual(["replaces a volume; because of spec, metadata"]);
  });

  test("what leaves the stack alone, and the reason says so", () => {
    const event = stepEvent("delete", { type: claim, old: { retainOnDelete: true } });
    expect(reasonsOf(event)).toEqual([
      "deletes a volume; it leaves the stack, and what is there stays there",
    ]);
  });
});

describe("nothing secret is in a preview:", () => {
  const planted = "PLANTED-5up3r-s3cret";

  test.each<[what: string, type: string, inputs: object]>([
    [
      "a secret of the engine's, even one it did not blind",
      "random:index/randomPassword:RandomPassword",
      { value: secretValue(planted), list: [{ deep: secretValue(planted) }] },
    ],
    [
      "the data of a Secret that the program forgot to mark",
      "kubernetes:core/v1:Secret",
      { data: { token: planted }, stringData: { other: planted } },
    ],
    ["a kubeconfig", "pulumi:providers:kubernetes", { kubeconfig: planted }],
    [
      "a password by its name",
      "alicloud:rds/rdsAccount:RdsAccount",
      { accountPassword: planted, password: planted },
    ],
    [
      "a key inside a configuration file",
      "kubernetes:core/v1:ConfigMap",
      { data: { "app.json": JSON.stringify({ secretKey: planted }) } },
    ],
    ["what a provider writes for itself", "alicloud:oss/bucket:Bucket", { __internal: { token: planted } }],
  ])("%s", (_, type, inputs) => {
    const found = [
      previewOf(stepEvent("create", { type, new: { inputs } })),
      previewOf(stepEvent("update", { type, old: { inputs }, new: { inputs: { ...inputs, added: 1 } } })),
      previewOf(stepEvent("update", { type, old: { inputs: {} }, new: { inputs } })),
      previewOf(stepEvent("replace", { type, old: { inputs }, new: { inputs: {} } })),
      previewOf(stepEvent("delete", { type, old: { inputs } })),
    ];
    expect(JSON.stringify(found)).not.toContain(planted);
  });

  test("but where a credential is found may be known", () => {
    const inputs = { env: [{ valueFrom: { secretKeyRef: { name: "openclaw-credentials" } } }] };
    const { changes } = previewOf(stepEvent("create", { new: { inputs } }));
    expect(changes[0]?.inputs).toContain("openclaw-credentials");
  });
});

describe("a preview that fails", () => {
  test("says what the program and the engine said", () => {
    const stdout = lines(
      diagnosticEvent("error", "Files of tenants are gone\n"),
      diagnosticEvent("debug", "calling"),
      diagnosticEvent("info", "hello"),
      summaryEvent,
    );
    expect(failed({ stdout })).toMatchObject({ outcome: "failed", message: "Files of tenants are gone" });
  });

  test("before the engine has started says what Pulumi said", () => {
    expect(failed({ stderr: "error: no stack named 'north' found\n" })).toMatchObject({
      outcome: "failed",
      message: "error: no stack named 'north' found",
    });
  });

  test("because of a policy alone says so, and what the policy says", () => {
    const stdout = lines(
      policyEvent("mandatory", "Images are pinned.\nwrite a version\n"),
      diagnosticEvent("error", "preview failed\n"),
      summaryEvent,
    );
    const { message, policies } = stackPreview("dev", { code: 255, stdout, stderr: "" }, true);
    expect(message).toMatch(/mandatory policy is broken/);
    expect(policies?.[0]?.message).toBe("Images are pinned. write a version");
  });

  test("is one that ends well and prints no events, as another version of Pulumi might", () => {
    expect(failed({ code: 0, stdout: '{\n  "steps": []\n}\n' })).toMatchObject({
      outcome: "failed",
      message: expect.stringMatching(/printed no events/),
    });
  });

  test("and an event that cannot be read is not passed over", () => {
    expect(() => previewOf({ resourcePreEvent: { metadata: { op: 7 } } })).toThrow(UserError);
  });
});

test("warnings are kept, each with its resource", () => {
  const urn = "urn:pulumi:dev::openclaw::kubernetes:apps/v1:Deployment::acme-deployment";
  const event = { diagnosticEvent: { severity: "warning", message: "slow\n", urn } };
  expect(previewOf(event, diagnosticEvent("warning", "old")).warnings).toEqual([
    "acme-deployment: slow",
    "old",
  ]);
});

test("policy findings are kept where a policy pack took part, and no finding is a finding", () => {
  const run = (...events: readonly object[]) => ({
    code: 0,
    stdout: lines(...events, summaryEvent),
    stderr: "",
  });
  const finding = {
    policy: "openclaw/pinned-images",
    level: "mandatory",
    resource: "acme-deployment",
    message: "pin it",
  };
  expect(stackPreview("dev", run(policyEvent("mandatory", "pin it\n")), true).policies).toEqual([finding]);
  expect(stackPreview("dev", run(), true).policies).toEqual([]);
  expect(stackPreview("dev", run(), false).policies).toBeUndefined();
});

test("a stack of which nothing exists yet is told apart", () => {
  const stack = { type: "pulumi:pulumi:Stack", name: "openclaw-dev" };
  expect(previewOf(stepEvent("create", stack)).isNew).toBe(true);
  expect(previewOf(stepEvent("same", stack)).isNew).toBe(false);
});
