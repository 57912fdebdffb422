import type { Container, Job } from "../job.ts";
import { containerSecurityContext, podSecurityContext } from "../podSecurity.ts";
import { authorityFile, scriptsFolder } from "../services/provisioning.ts";
import type { ServiceFacts } from "../services/sharedServices.ts";
import { userIds } from "../userIds.ts";
import { lentCredentials, repositoryEnvironment } from "./repository.ts";
import { backupScript } from "./scripts.ts";

/**
 * A Job in the services' namespace that lists a tenant's backups, whatever has become of the tenant.
 *
 * @param secret in that namespace, with what opens them: {@link lentCredentials}
 */
export const listingJobSpec = (tenantId: string, services: ServiceFacts, secret: string): Job =>
  repositoryJob({
    tenantId,
    services,
    secret,
    name: `backups-${tenantId}`,
    script: "backup-list",
    env: [],
    deadline: 300,
  });

interface RepositoryJob {
  readonly tenantId: string;
  readonly services: ServiceFacts;
  /** The name of a Secret in the services' namespace, with what opens the backups: {@link lentCredentials}. */
  readonly secret: string;
  readonly name: string;
  /** The name of a file in scripts/. */
  readonly script: string;
  /** Besides the repository's. */
  readonly env: NonNullable<Container["env"]>;
  /** Seconds. */
  readonly deadline: number;
}

/** A Job in the services' namespace that works on a tenant's repository by a script. */
export function repositoryJob({
  tenantId,
  services,
  secret,
  name,
  script,
  env,
  deadline,
}: RepositoryJob): Job {
  const { objectStore, provisioning, namespace } = services;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadline,
      ttlSecondsAfterFinished: 300,
      template: {
        metadata: { labels: { "app.kubernetes.io/name": "tenant-backups" } },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurityContext(userIds.job),
          containers: [
            {
              name: script.replace("backup-", ""),
              image: provisioning.images.backup,
              imagePullPolicy: "IfNotPresent",
              command: backupScript(script),
              env: [
                ...repositoryEnvironment({
                  tenantId,
                  store: objectStore,
                  credentials: lentCredentials(secret),
                  authority: authorityFile,
                }),
                ...env,
              ],
              resources: {
                requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "16Mi" },
                limits: { cpu: "1", memory: "512Mi", "ephemeral-storage": "64Mi" },
              },
              terminationMessagePolicy: "FallbackToLogsOnError",
              securityContext: containerSecurityContext(),
              volumeMounts: [
                { name: "scripts", mountPath: scriptsFolder, readOnly: true },
                { name: "tmp", mountPath: "/tmp" },
              ],
            },
          ],
          volumes: [
            { name: "scripts", configMap: { name: provisioning.scripts } },
            { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
          ],
        },
      },
    },
  };
}
