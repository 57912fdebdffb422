import { expect, vi } from "vitest";
import { type Cell, type Live, openCell } from "./cell.ts";

/**
 * Somebody with every right in the cluster who is not the deployer: RBAC refuses him nothing, so what he is refused
 * the guardrails refuse.
 */
export const intruder = ["--as=mallory", "--as-group=system:masters"] as const;
/** The user of the tests' kubeconfig, whom Pulumi.dev.yaml names in guardrails.deployers. */
export const deployer = [] as const;

export const allowedImage = "ghcr.io/openclaw/openclaw:2026.9.6";

/** A container that every guardrail accepts, with these fields instead. */
export const container = (fields: Live = {}): Live => ({
  name: "main",
  image: allowedImage,
  resources: { limits: { cpu: "20m", memory: "32Mi", "ephemeral-storage": "2Mi" } },
  ...fields,
  securityContext: {
    allowPrivilegeEscalation: false,
    ...fields.securityContext,
    capabilities: { drop: ["ALL"], ...fields.securityContext?.capabilities },
  },
});

/** A pod that every guardrail accepts, with these fields of its spec instead. */
export const pod = (spec: Live = {}): Live => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "probe" },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container()],
    ...spec,
  },
});

/** A cell with one tenant, and one way to ask the API server as somebody. */
export async function openGuarded(stack: string, tenant: string) {
  const cell = await openCell(stack);
  cell.writeTenant(tenant);
  await cell.up();
  const namespace = `tenant-${tenant}`;

  /** What the API server says to a command: "accepted", or the reason of its refusal. */
  const answer = async (args: readonly string[], input?: object): Promise<string> => {
    const { code, stderr } = await cell.kubectl(args, input);
    return code === 0 ? "accepted" : stderr;
  };
  /** Would creating this be accepted? Nothing is created. */
  const tryCreate = (object: object, where: string = namespace, who: readonly string[] = intruder) =>
    answer(["create", "--dry-run=server", "--namespace", where, ...who, "-f", "-"], object);

  // The API server takes a moment to heed policies that are new.
  const foreign = pod({ containers: [container({ image: "elsewhere/image" })] });
  await vi.waitFor(async () => expect(await tryCreate(foreign)).toContain("openclaw-tenant-pods"), {
    timeout: 15_000,
  });
  return { cell, namespace, answer, tryCreate };
}

export type Guarded = Awaited<ReturnType<typeof openGuarded>>;

/**
 * A namespace of a tenant that has nothing but its labels: no Pod Security, no quota and no limits, so that a refusal
 * in it can only come from an admission policy. Only the deployer can make such a thing.
 */
export async function createBareNamespace({ cell }: { cell: Cell }, tenant: string): Promise<string> {
  const name = `tenant-${tenant}`;
  const { code, stderr } = await cell.kubectl(["create", "-f", "-"], {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: { "openclaw.ai/tenant": tenant, "pod-security.kubernetes.io/enforce": "privileged" },
    },
  });
  expect(code, stderr).toBe(0);
  return name;
}

/** Asks for both at once: what must be refused, and what differs from it in nothing else and must be accepted. */
export async function expectRefusal(
  refused: Promise<string>,
  refusal: RegExp,
  ...accepted: Promise<string>[]
): Promise<void> {
  const [answer, ...others] = await Promise.all([refused, ...accepted]);
  expect(answer).toMatch(refusal);
  expect(others).toEqual(others.map(() => "accepted"));
}

/** How the API server words the refusal of a policy. */
export const refusalBy = (policy: string, message: string) =>
  new RegExp(`ValidatingAdmissionPolicy '${policy}' .*denied request: .*${message}`);
