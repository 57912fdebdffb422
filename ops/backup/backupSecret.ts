import { z } from "zod";
import { accountKeys, sessionKey } from "../../components/backup/repository.ts";
import { accountSecretName } from "../../components/services/accounts/accountSecret.ts";
import { jsonOf } from "../../lib/system/json.ts";
import type { Kubectl } from "../stack/kubectl.ts";
import type { AccessKey } from "./accessKey.ts";
import type { BackupContext } from "./context.ts";

const secretSchema = z.object({ data: z.record(z.string(), z.string()) });

/** Makes a Secret that opens a tenant's backups from another namespace, or with another key, for as long as body takes. */
export async function withBackupSecret<T>(
  { kubectl, services, lentKey }: Pick<BackupContext, "kubectl" | "services" | "lentKey">,
  tenantId: string,
  place: { readonly name: string; readonly namespace: string },
  body: () => Promise<T>,
): Promise<T> {
  const source = ["secret", accountSecretName(tenantId), "-n", services.namespace];
  const { data } = secretSchema.parse(jsonOf(await kubectl.succeed(["get", ...source, "--output", "json"])));
  const own = Object.fromEntries(Object.values(accountKeys).map((key) => [key, data[key]]));
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: place,
    data: own,
    ...(lentKey === undefined ? {} : { stringData: entriesOf(lentKey) }),
  };
  await remove(kubectl, place);
  await kubectl.succeed(["create", "--filename", "-"], JSON.stringify(secret));
  try {
    return await body();
  } finally {
    await remove(kubectl, place);
  }
}

/** They take the place of the tenant's own, which the store does not know. */
const entriesOf = ({ id, secret, session }: AccessKey): Record<string, string> => ({
  [accountKeys.id]: id,
  [accountKeys.secret]: secret,
  ...(session === undefined ? {} : { [sessionKey]: session }),
});

async function remove(
  kubectl: Kubectl,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<void> {
  await kubectl.run(["delete", "secret", name, "--namespace", namespace, "--ignore-not-found"]);
}
