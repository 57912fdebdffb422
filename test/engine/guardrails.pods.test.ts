import { afterAll, beforeAll, expect, test } from "vitest";
import type { Live } from "./cell.ts";
import {
  allowedImage,
  container,
  createBareNamespace,
  expectRefusal,
  type Guarded,
  intruder,
  openGuarded,
  pod,
  refusalBy,
} from "./guarded.ts";

/** What the admission policy on pods refuses, each beside a pod that differs in nothing else and is accepted. */
let guarded: Guarded;
let bare: string;

beforeAll(async () => {
  guarded = await openGuarded("guardrails-pods", "guard-pods");
  bare = await createBareNamespace(guarded, "guard-pods-bare");
});
afterAll(async () => {
  await guarded.cell.kubectl(["delete", "namespace", bare, "--wait=false"]);
  guarded.cell.close();
});

const policy = "openclaw-tenant-pods";
const elsewhere = "docker.io/library/alpine:3";

/** Fields of a pod: the forbidden one, and the allowed one nearest to it. */
interface Case {
  readonly what: string;
  readonly message: string;
  readonly forbidden: Live;
  readonly allowed: Live;
}

const hostNamespaces: Case[] = ["hostNetwork", "hostPID", "hostIPC"].map((field) => ({
  what: field,
  message: "may not share the host's network, PID or IPC namespace",
  forbidden: { [field]: true },
  allowed: { [field]: false },
}));

const volumes: Case = {
  what: "a hostPath volume",
  message: "may not mount a hostPath volume",
  forbidden: { volumes: [{ name: "v", hostPath: { path: "/etc" } }] },
  allowed: { volumes: [{ name: "v", emptyDir: {} }] },
};

/** What is forbidden to a container of either list. */
const inAnyContainer = [
  {
    what: "a privileged container",
    message: "may not be privileged",
    forbidden: { securityContext: { privileged: true, allowPrivilegeEscalation: true } },
    allowed: { securityContext: { privileged: false, allowPrivilegeEscalation: true } },
  },
  ...["SYS_ADMIN", "NET_BIND_SERVICE"].map((capability) => ({
    what: `the added capability ${capability}`,
    message: "may not add capabilities",
    forbidden: { securityContext: { capabilities: { add: [capability] } } },
    allowed: { securityContext: { capabilities: { add: [] } } },
  })),
  ...[
    elsewhere,
    "alpine",
    "ghcr.io/openclaw-evil/openclaw:2026.9.6",
    "ghcr.io/openclaw",
    "docker.io/ghcr.io/openclaw/openclaw:2026.9.6",
  ].map((image) => ({
    what: `the image ${image}`,
    message: "image must come from one of: ghcr.io/openclaw",
    forbidden: { image },
    allowed: { image: allowedImage },
  })),
  ...[{}, { limits: {} }, { limits: { cpu: "1" } }, { limits: { memory: "1Gi" } }].map((resources) => ({
    what: `a container with the resources ${JSON.stringify(resources)}`,
    message: "must have CPU and memory limits",
    forbidden: { resources },
    allowed: { resources: { limits: { cpu: "1", memory: "1Gi" } } },
  })),
];

const containers: Case[] = inAnyContainer.flatMap(({ what, message, forbidden, allowed }) => [
  {
    what,
    message,
    forbidden: { containers: [container(forbidden)] },
    allowed: { containers: [container(allowed)] },
  },
  {
    what: `${what} as second container`,
    message,
    forbidden: { containers: [container(), container({ name: "second", ...forbidden })] },
    allowed: { containers: [container(), container({ name: "second", ...allowed })] },
  },
  {
    what: `${what} as init container`,
    message,
    forbidden: { initContainers: [container({ name: "init", ...forbidden })] },
    allowed: { initContainers: [container({ name: "init", ...allowed })] },
  },
]);

test.for([...hostNamespaces, volumes, ...containers])("a tenant's pod may not have $what", async (row) => {
  const { tryCreate } = guarded;
  await expectRefusal(
    tryCreate(pod(row.forbidden), bare),
    refusalBy(policy, row.message),
    tryCreate(pod(row.allowed), bare),
  );
});

const debuggers = inAnyContainer.filter(({ what }) => !what.includes("resources"));

test("what a container may not have an ephemeral container may not have either", async () => {
  const { cell, answer } = guarded;
  expect(await answer(["create", "--namespace", bare, "-f", "-"], pod())).toBe("accepted");
  const live = await cell.json("get", "pod", "probe", "--namespace", bare);
  const debug = (fields: Live) => {
    const { resources: _, ...ephemeral } = container({ name: "debug", ...fields });
    const path = `/api/v1/namespaces/${bare}/pods/probe/ephemeralcontainers?dryRun=All`;
    const changed = { ...live, spec: { ...live.spec, ephemeralContainers: [ephemeral] } };
    return answer(["replace", "--raw", path, ...intruder, "-f", "-"], changed);
  };
  for (const { message, forbidden, allowed } of debuggers) {
    await expectRefusal(debug(forbidden), refusalBy(policy, message), debug(allowed));
  }
});

test("the image of a running pod cannot be exchanged for one from elsewhere", async () => {
  const { cell, namespace, answer } = guarded;
  const [own] = (await cell.json("get", "pods", "--namespace", namespace)).items;
  const setImage = (image: string) =>
    answer([
      ...["set", "image", `pod/${own.metadata.name}`, `openclaw=${image}`],
      ...["--namespace", namespace, "--dry-run=server", ...intruder],
    ]);
  const refusal = refusalBy(policy, "image must come from one of");
  await expectRefusal(setImage(elsewhere), refusal, setImage("ghcr.io/openclaw/openclaw:2026.9.7"));
});

test("the tenant's own pod is accepted, whoever creates it", async () => {
  const { cell, tryCreate } = guarded;
  const deployment = await cell.object("guard-pods", "deployments", "openclaw");
  expect(deployment.status.readyReplicas).toBe(1);
  const { spec } = deployment.spec.template;
  const own = { ...pod({ ...spec, serviceAccountName: "default" }), metadata: { name: "own" } };
  expect(await tryCreate(own, bare)).toBe("accepted");
});

test("pods outside of tenants' namespaces are none of the policy's business", async () => {
  const { hostNetwork, containers: own } = {
    hostNetwork: true,
    containers: [container({ image: elsewhere })],
  };
  expect(await guarded.tryCreate(pod({ hostNetwork, containers: own }), "default")).toBe("accepted");
});
