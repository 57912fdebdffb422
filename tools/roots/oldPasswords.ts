import { z } from "zod";
import { tenantLabels } from "../../components/labels.ts";
import { expand } from "../../components/tenant/credentials.ts";
import { oldPasswordKey, rekeyName } from "../../components/tenant/data/backupRekey.ts";
import type { BackupContext } from "../backup/context.ts";
import { jsonOf } from "../system/json.ts";

/**
 * The passwords that open tenants' repositories until those have others, in Secrets beside the tenants' accounts: what is
 * still to be done stands in the cluster, and a run that was killed is gone on with.
 */

type Cluster = Pick<BackupContext, "kubectl" | "services">;

/** The label of the Secrets. */
const label = { "app.kubernetes.io/name": "tenant-rekey" } as const;
const selector = Object.entries(label)
  .map(([key, value]) => `${key}=${value}`)
  .join();

/** The password of a tenant's backups as programs before 0.2 derived it. @param root bytes of RandomBytes */
export const oldBackupPassword = (root: Uint8Array, tenantId: string): string =>
  expand(root, tenantId, "backup", 32);

/** A Secret with an old password. */
export const oldPasswordSecret = (id: string, namespace: string, password: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: rekeyName(id), namespace, labels: { ...label, ...tenantLabels({ id }) } },
  data: { [oldPasswordKey]: Buffer.from(password).toString("base64") },
});

/** One that is there stays: it is of a run that was killed. */
export async function keepOldPassword(
  { kubectl, services }: Cluster,
  id: string,
  password: string,
): Promise<void> {
  const { namespace } = services;
  const there = ["get", "secret", rekeyName(id), "-n", namespace, "--ignore-not-found", "--output", "name"];
  if ((await kubectl.succeed(there)).trim() === "") {
    const secret = oldPasswordSecret(id, namespace, password);
    await kubectl.succeed(["create", "--filename", "-"], JSON.stringify(secret));
  }
}

const listSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      data: z.record(z.string(), z.string()),
    }),
  ),
});

/** Passwords that are kept, by the tenant's id, which the name ends with. */
export async function keptPasswords({ kubectl, services }: Cluster): Promise<Map<string, string>> {
  const list = ["get", "secrets", "-n", services.namespace, "--selector", selector, "--output", "json"];
  const { items } = listSchema.parse(jsonOf(await kubectl.succeed(list)));
  return new Map(
    items.map(({ metadata, data }) => [
      metadata.name.slice(rekeyName("").length),
      Buffer.from(data[oldPasswordKey] ?? "", "base64").toString(),
    ]),
  );
}

/** Once nothing is opened by it any more. */
export async function forgetOldPassword({ kubectl, services }: Cluster, id: string): Promise<void> {
  const secret = ["delete", "secret", rekeyName(id), "-n", services.namespace];
  await kubectl.succeed([...secret, "--ignore-not-found"]);
}
