import { authorityFile, scriptsFolder } from "../../platform/provisioning.ts";
import type { ServiceFacts } from "../../platform/services.ts";
import { containerSecurityContext, podSecurityContext } from "../../podSecurity.ts";
import type { Job } from "./backupPod.ts";
import { lentCredentials, repositoryEnvironment } from "./backupRepository.ts";
import { scriptCommand } from "./scriptText.ts";

/** Any user: restic needs no files of its own. */
const userId = 65_532;

/**
 * A Job in the services' namespace that lists a tenant's backups, whatever has become of the tenant.
 *
 * @param secret in that namespace, with what opens them: {@link lentCredentials}
 */
export function listingJobSpec(tenantId: string, services: ServiceFacts, secret: string): Job {
  const { objectStore, provisioning, namespace } = services;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `backups-${tenantId}`, namespace },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 300,
      ttlSecondsAfterFinished: 300,
      template: {
        metadata: { labels: { "app.kubernetes.io/name": "tenant-backups" } },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurityContext(userId),
          containers: [
            {
              name: "list",
              image: provisioning.images.backup,
              imagePullPolicy: "IfNotPresent",
              command: scriptCommand("backup-list"),
              env: repositoryEnvironment({
                tenantId,
                store: objectStore,
                credentials: lentCredentials(secret),
                authority: authorityFile,
              }),
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
