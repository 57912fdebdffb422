import { z } from "zod";
import { oldPasswordKey, rekeyName } from "../../components/backup/rekey.ts";
import { expand } from "../../components/instance/derivation.ts";
import { tenantLabels } from "../../components/labels.ts";
import type { ServiceFacts } from "../../components/services/sharedServices.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { BackupContext } from "../backup/context.ts";
import { targetFlags } from "../stack/target.ts";

/**
 * The passwords that open tenants' repositories until those have others, in Secrets beside the tenants' accounts: what is
 * still to be done stands in the cluster, and a run that was killed is gone on with.
 */

/** The cluster of a stack. Programs before 0.2 say of its services what this one cannot read: it needs their place alone. */
export type Cluster = Pick<BackupContext, "kubectl" | "target"> & {
  readonly services: Pick<ServiceFacts, "namespace">;
};

/** The label of the Secrets. */
const label = { "app.kubernetes.io/name": "tenant-rekey" } as const;
const selector = Object.entries(label)
  .map(([key, value]) => `${key}=${value}`)
  .join();

/** The cells of a platform share the namespace: each may touch only what its own run has kept. */
const stackAnnotation = "openclaw.ai/stack";

/** The password of a tenant's backups as programs before 0.2 derived it. @param root bytes of RandomBytes */
export const oldBackupPassword = (root: Uint8Array, tenantId: string): string =>
  expand(root, tenantId, "backup", 32);

/** A Secret with an old password. */
export const oldPasswordSecret = (id: string, namespace: string, password: string, stack: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name: rekeyName(id),
    namespace,
    labels: { ...label, ...tenantLabels({ id }) },
    annotations: { [stackAnnotation]: stack },
  },
  data: { [oldPasswordKey]: Buffer.from(password).toString("base64") },
});

const secretSchema = z.object({
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
  data: z.record(z.string(), z.string()),
});
type Secret = z.infer<typeof secretSchema>;

const passwordIn = ({ data }: Secret): string => Buffer.from(data[oldPasswordKey] ?? "", "base64").toString();

/**
 * One that is there stays: it is of a run that was killed.
 *
 * @throws UserError if that one is another, for it may be what opens the backups
 */
export async function keepOldPassword(
  { kubectl, services, target }: Cluster,
  id: string,
  password: string,
): Promise<void> {
  const { namespace } = services;
  const there = ["get", "secret", rekeyName(id), "-n", namespace, "--ignore-not-found", "--output", "json"];
  const found = await kubectl.succeed(there);
  if (found.trim() === "") {
    const secret = oldPasswordSecret(id, namespace, password, target.stack);
    await kubectl.succeed(["create", "--filename", "-"], JSON.stringify(secret));
    return;
  }
  const kept = secretSchema.parse(jsonOf(found));
  if (passwordIn(kept) !== password || kept.metadata.annotations[stackAnnotation] !== target.stack) {
    throw new UserError(
      `The Secret ${rekeyName(id)} in ${namespace} keeps a password of ${id}'s backups that is not of the root in the state of ${target.stack}. ` +
        "The state was not changed. See which of them opens the backups. If it is the root's, delete the Secret; if it is " +
        `the Secret's, take the root out of the state: \`npm run shell${targetFlags(target)}\`, \`pulumi state delete --force URN\` of ${id}-backup-root.`,
    );
  }
}

const listSchema = z.object({ items: z.array(secretSchema) });

/** Passwords that are kept for this stack, by the tenant's id, which the name ends with. */
export async function keptPasswords({ kubectl, services, target }: Cluster): Promise<Map<string, string>> {
  const list = ["get", "secrets", "-n", services.namespace, "--selector", selector, "--output", "json"];
  const { items } = listSchema.parse(jsonOf(await kubectl.succeed(list)));
  return new Map(
    items
      .filter(({ metadata }) => metadata.annotations[stackAnnotation] === target.stack)
      .map((each) => [each.metadata.name.slice(rekeyName("").length), passwordIn(each)]),
  );
}

/** Once nothing is opened by it any more. */
export async function forgetOldPassword({ kubectl, services }: Cluster, id: string): Promise<void> {
  const secret = ["delete", "secret", rekeyName(id), "-n", services.namespace];
  await kubectl.succeed([...secret, "--ignore-not-found"]);
}
