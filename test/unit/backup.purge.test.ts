import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Progress, silentProgress } from "../../lib/terminal/progress.ts";
import type { BackupContext } from "../../ops/backup/context.ts";
import { purge, type Remains, remainsOf, remainsText } from "../../ops/backup/purge.ts";
import { inClusterFacts, managedFacts } from "../fixtures/services.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const today = "2026-11-22";

const namespace = (changes: { readonly state?: string; readonly retainUntil?: string | undefined } = {}) => {
  const { state = "offboarded", retainUntil } = { retainUntil: "2026-11-21", ...changes };
  return {
    metadata: {
      labels: { "openclaw.ai/plan": "pro", "openclaw.ai/state": state, "openclaw.ai/cell": "dev" },
      annotations: {
        "openclaw.ai/display-name": "Acme Trading",
        "openclaw.ai/owner": "ops@acme.example",
        ...(retainUntil === undefined ? {} : { "openclaw.ai/retain-until": retainUntil }),
      },
    },
  };
};

const accounts = {
  metadata: {
    labels: { "openclaw.ai/tenant": "acme", "openclaw.ai/state": "offboarded" },
    annotations: { "openclaw.ai/retain-until": "2026-11-20" },
  },
};

const volume = (name: string, namespaceName: string, persistentVolumeReclaimPolicy: string) => ({
  metadata: { name },
  spec: { persistentVolumeReclaimPolicy, claimRef: { namespace: namespaceName } },
});

/** A cluster in which acme has left this. */
interface Left {
  readonly namespace?: object | undefined;
  readonly volumes?: readonly object[];
  readonly secret?: string;
  readonly services?: BackupContext["services"];
  readonly tenants?: BackupContext["tenants"];
  /** Files beside the cell's folder, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
}

async function remains(left: Left) {
  using folder = temporaryFolder({ "dev/other.yaml": "", ...left.files });
  const { services = inClusterFacts, tenants = {}, volumes = [], secret = JSON.stringify(accounts) } = left;
  const answers: Readonly<Record<string, string>> = {
    namespace: left.namespace === undefined ? "" : JSON.stringify(left.namespace),
    persistentvolumes: JSON.stringify({ items: volumes }),
    secret,
  };
  const refuse = () => Promise.reject(new Error("nothing is to be changed"));
  const kubectl = {
    run: refuse,
    succeed: ([verb, kind = ""]: readonly string[]) =>
      verb === "get" ? Promise.resolve(answers[kind] ?? "") : refuse(),
  };
  const target = {
    kind: "embedded",
    stack: "dev",
    folder: "/none",
    context: "x",
    tenants: join(folder.path, "dev"),
  };
  const context = {
    target,
    progress: silentProgress,
    kubectl,
    services,
    tenants,
  } as unknown as BackupContext;
  return remainsOf(context, "acme", today);
}

test.each<[string, Left, RegExp]>([
  ["its file is there", { files: { "dev/acme.yaml": "" } }, /dev\/acme\.yaml is there/],
  ["its file moved to another cell", { files: { "cell-02/acme.yaml": "" } }, /cell-02\/acme\.yaml is there/],
  [
    "the stack still has it",
    {
      namespace: namespace(),
      tenants: { acme: { state: "offboarded" } } as unknown as BackupContext["tenants"],
    },
    /in the stack dev until its next update/,
  ],
  ["it is no tenant", { secret: "" }, /no namespace tenant-acme and no Secret tenant-acme/],
  [
    "it was another stack's",
    {
      namespace: {
        metadata: {
          ...namespace().metadata,
          annotations: {
            ...namespace().metadata.annotations,
            "openclaw.ai/owned-by": "second/0123456789ab",
          },
        },
      },
    },
    /acme was a tenant of the stack second: `npm run purge -- --stack second/,
  ],
  [
    "its namespace says nothing of its state, whatever its accounts say",
    { namespace: { metadata: { labels: { "openclaw.ai/cell": "dev" }, annotations: {} } } },
    /acme was in an unknown state when it left the stack/,
  ],
  [
    "of its accounts alone no day is known",
    { secret: JSON.stringify({ metadata: { ...accounts.metadata, annotations: {} } }) },
    /not offboarded/,
  ],
  [
    "it was never offboarded",
    { namespace: namespace({ state: "active" }) },
    /was active when it left[\s\S]*final backup/,
  ],
  ["no day is known", { namespace: namespace({ retainUntil: undefined }) }, /not offboarded/],
  [
    "the day has not come",
    { namespace: namespace({ retainUntil: "2026-11-23" }) },
    /kept until 2026-11-23; today is 2026-11-22/,
  ],
])("a purge is refused while %s", async (_, left, message) => {
  await expect(remains(left)).rejects.toThrow(message);
});

test("what is left is told: what goes, and the disk that its class keeps", async () => {
  const volumes = [
    volume("pv-1", "tenant-acme", "Retain"),
    volume("pv-2", "tenant-acme", "Delete"),
    volume("pv-3", "tenant-acme-2", "Retain"),
  ];
  const text = remainsText(await remains({ namespace: namespace({ retainUntil: today }), volumes }));
  expect(text).toMatch(/left of acme \(Acme Trading, ops@acme\.example\), kept until 2026-11-22/);
  expect(text).toMatch(/every backup, its files in the object store/);
  expect(text.match(/^ *NOT .*/gm)).toEqual([
    "  NOT the disk of the persistent volume pv-1: its class retains it; delete it in the cloud",
  ]);
});

test("where no key in the cluster reaches its objects, they are said to stay", async () => {
  const text = remainsText(await remains({ namespace: namespace(), services: managedFacts }));
  expect(text).toMatch(
    /NOT the objects below tenants\/acme\/ of the bucket company-openclaw, its backups among them/,
  );
  expect(text).not.toMatch(/every backup/);
});

test("what a purge that was killed has deleted is not said to go", async () => {
  expect(remainsText(await remains({ namespace: namespace(), secret: "" }))).toMatch(/are gone already/);
});

test("accounts whose namespace somebody has deleted are purged all the same", async () => {
  expect(remainsText(await remains({}))).toMatch(
    /left of acme \(acme, its namespace is gone\), kept until 2026-11-20/,
  );
});

test("accounts of before 0.3 say no day, and can be purged by who is asked", async () => {
  const { annotations: _, ...metadata } = accounts.metadata;
  const { "openclaw.ai/state": __, ...labels } = metadata.labels;
  const left = await remains({ secret: JSON.stringify({ metadata: { labels } }) });
  expect(left).toMatchObject({ hasAccounts: true, retainUntil: undefined });
  expect(remainsText(left)).toContain("kept until a day that nobody knows any more");
});

test("a volume that nobody has claimed, and one whose claim is another tenant's, are not among what is left", async () => {
  const unclaimed = { metadata: { name: "pv-0" }, spec: { persistentVolumeReclaimPolicy: "Retain" } };
  const left = { namespace: namespace(), volumes: [unclaimed, volume("pv-3", "tenant-bird", "Retain")] };
  expect((await remains(left)).retainedVolumes).toEqual([]);
});

test("answers of nothing but line ends are none", async () => {
  await expect(remains({ secret: "\n" })).rejects.toThrow("nothing is left of acme");
  const { hasAccounts } = await remains({ namespace: namespace(), secret: "\n" });
  expect(hasAccounts).toBe(false);
});

test("of a tenant whose namespace somebody has deleted its accounts say what there is to know", async () => {
  const unmarked = { metadata: { labels: { "openclaw.ai/tenant": "acme" } } };
  const { tenant, retainUntil, hasAccounts } = await remains({ secret: JSON.stringify(unmarked) });
  expect({ tenant, retainUntil, hasAccounts }).toMatchObject({
    tenant: { id: "acme", cell: "dev", displayName: "acme", plan: "basic", users: [], dataServices: false },
    retainUntil: undefined,
    hasAccounts: true,
  });
  expect(tenant).not.toHaveProperty("retainUntil");
});

test("a plain file beside the cells' folders is no cell", async () => {
  const left = { namespace: namespace(), files: { "README.md": "" } };
  await expect(remains(left)).resolves.toMatchObject({ tenant: { id: "acme", cell: "dev" } });
});

describe("a purge deletes", () => {
  const left: Remains = {
    tenant: {
      ...{ id: "acme", cell: "dev", displayName: "Acme Trading", owner: "ops@acme.example", plan: "pro" },
      ...{ state: "offboarded", auth: "token", isolation: "dedicated", keyEpoch: 1, users: [] },
      ...{ model: { default: "kimi-k3", monthlyBudgetCny: 0 }, dataServices: false },
    },
    retainUntil: "2026-11-21",
    retainedVolumes: [],
    hasAccounts: true,
    objects: undefined,
  };

  /** What it asks of kubectl, one call a line; Jobs by their names and what they do. */
  async function calls(
    what: Partial<Remains>,
    services = inClusterFacts,
    steps: string[] = [],
  ): Promise<string[]> {
    const said: string[] = [];
    const progress: Progress = {
      ...silentProgress,
      step: (label) => {
        steps.push(label);
        return { done: (text) => void (text !== undefined && steps.push(text)), fail: () => {} };
      },
    };
    const complete = {
      metadata: { creationTimestamp: "2026-11-22T00:00:00Z" },
      status: { conditions: [{ type: "Complete", status: "True" }] },
    };
    const kubectl = {
      run: async () => ({ code: 0, stdout: "", stderr: "" }),
      succeed: async ([verb = "", kind, ...rest]: readonly string[], input?: string) => {
        if (verb === "create") {
          const { metadata, spec } = JSON.parse(input ?? "");
          const [container] = spec.template.spec.containers;
          said.push(`run ${metadata.namespace}/${metadata.name}: ${container.name}`);
        }
        if (verb === "delete" && kind !== "job") {
          said.push([verb, kind, ...rest].join(" "));
        }
        return verb === "get" ? JSON.stringify(complete) : "";
      },
    };
    const context = { kubectl, services, progress } as unknown as BackupContext;
    await purge(context, { ...left, ...what });
    return said;
  }
  const ofNamespace = "delete namespace tenant-acme --ignore-not-found --request-timeout=0 --timeout=300s";

  test("databases that were set aside, accounts, what opens the backups, and the namespace last", async () => {
    expect(await calls({})).toEqual([
      expect.stringMatching(/^run openclaw-services\/.*acme/),
      expect.stringMatching(/^run openclaw-services\/.*acme/),
      "delete secret tenant-acme --namespace openclaw-services --ignore-not-found",
      ofNamespace,
    ]);
  });

  test("the namespace alone of a tenant whose accounts are gone", async () => {
    expect(await calls({ hasAccounts: false })).toEqual([ofNamespace]);
  });

  test.each([
    ["the object store's keys are in the cluster", undefined, "acme: database, cache, files and backups"],
    ["they are not", { bucket: "b", prefix: "p" }, "acme: database and cache"],
  ])("and says what, where %s", async (_, objects, what) => {
    const steps: string[] = [];
    await calls({ objects }, inClusterFacts, steps);
    expect(steps).toEqual([
      "acme: databases that were set aside",
      what,
      "acme: deleting its namespace and volume",
      "acme: namespace and volume are deleted",
    ]);
  });
});
