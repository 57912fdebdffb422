import { backupName } from "../../components/backup/pod.ts";
import { objectNames } from "../../components/names.ts";
import type { Kubectl } from "../stack/kubectl.ts";
import { isRolledOut } from "./objects.ts";

/**
 * Namespaces whose instance is rolled out: a pod of its template as it is now answers.
 *
 * @throws UserError if there is no kubectl, or the cluster does not answer
 */
export async function readyNamespaces(kubectl: Kubectl): Promise<Set<string>> {
  const fields = ["{.metadata.namespace}", "{.metadata.generation}", "{.status.observedGeneration}"];
  const counts = ["{.status.replicas}", "{.status.updatedReplicas}", "{.status.availableReplicas}"];
  return rolledOutNamespaces(
    await everywhere(kubectl, "deployments", objectNames.workload, [...fields, ...counts]),
  );
}

/** When a tenant was last backed up, in ISO 8601, and since when it should be. */
export interface BackupTimes {
  readonly last: string | undefined;
  readonly since: string;
}

/**
 * The times of the last backups, by namespace.
 *
 * @throws UserError as {@link readyNamespaces}
 */
export async function backupTimes(kubectl: Kubectl): Promise<Map<string, BackupTimes>> {
  const fields = ["{.metadata.namespace}", "{.metadata.creationTimestamp}", "{.status.lastSuccessfulTime}"];
  return timesOfLines(await everywhere(kubectl, "cronjobs", backupName, fields));
}

/** Fields of the objects of one name in all namespaces, a line each, separated by blanks. */
function everywhere(
  kubectl: Kubectl,
  kind: string,
  name: string,
  fields: readonly string[],
): Promise<string> {
  const template = `{range .items[*]}${fields.join(" ")}{'\\n'}{end}`;
  return kubectl.succeed([
    ...["get", kind, "--all-namespaces", "--field-selector", `metadata.name=${name}`],
    ...["--output", `jsonpath=${template}`],
  ]);
}

/**
 * Namespaces whose Deployment is rolled out, of lines
 * `<namespace> <generation> <observed generation> <replicas> <updated replicas> <available replicas>`; a number is
 * missing where there is none.
 */
export function rolledOutNamespaces(lines: string): Set<string> {
  return new Set(
    lines.split("\n").flatMap((line) => {
      const [namespace, ...numbers] = line.split(" ");
      const [
        generation = 0,
        observedGeneration = 0,
        replicas = 0,
        updatedReplicas = 0,
        availableReplicas = 0,
      ] = numbers.map(Number);
      const rollout = { generation, observedGeneration, replicas, updatedReplicas, availableReplicas };
      return namespace && isRolledOut(rollout) ? [namespace] : [];
    }),
  );
}

/** The rows of lines `<namespace> <created> <last success>`; the last is missing where there has been none. */
export function timesOfLines(lines: string): Map<string, BackupTimes> {
  const rows = lines.split("\n").map((line) => line.split(" "));
  return new Map(
    rows.flatMap(([namespace, since, last]) =>
      namespace && since ? [[namespace, { since, last: last || undefined }] as const] : [],
    ),
  );
}

/** Hours after which a backup of every night is missed: a day, and what a night's place in it may differ by. */
export const overdueHours = 26;

export function isOverdue({ last, since }: BackupTimes, now: Date): boolean {
  return now.getTime() - Date.parse(last ?? since) > overdueHours * 3_600_000;
}
