import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ManifestOf } from "../kubernetesObject.ts";
import { scriptFile } from "../scriptFile.ts";
import { servicesNamespace } from "./namespace.ts";

/** Facts for the Jobs that make tenants' accounts at the shared services: components/services/accounts/jobs.ts. */
export const provisioningFactsSchema = z.object({
  /** Name of the ConfigMap with the scripts, in the services' namespace. Other scripts have another name. */
  scripts: z.string(),
  /** ServiceAccount of the Jobs that end credentials, in the services' namespace. */
  retireAccount: z.string(),
  images: z.object({
    database: z.string(),
    cache: z.string(),
    objectStore: z.string(),
    backup: z.string(),
    client: z.string(),
  }),
});

export type ProvisioningFacts = z.infer<typeof provisioningFactsSchema>;

/** The folder of the scripts in a Job's pod, with the services' authority beside them. */
export const scriptsFolder = "/scripts";
const authorityKey = "services-ca.crt";
export const authorityFile = `${scriptsFolder}/${authorityKey}`;

const folder = join(import.meta.dirname, "accounts/scripts");

/** The scripts that run in the services' namespace, by name. */
export function provisioningScripts(): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => /\.(sh|sql)$/.test(name));
  return Object.fromEntries(names.toSorted().map((name) => [name, scriptFile(folder, name)]));
}

/**
 * Named by the scripts: a tenant's Job runs again exactly when they are others.
 *
 * @param caCertificate PEM of the authority that vouches for the services, if it is not one that every system knows
 */
export function provisioningScriptsSpec(
  scripts: Readonly<Record<string, string>>,
  caCertificate: pulumi.Input<string> | undefined,
): Omit<ManifestOf<k8s.types.input.core.v1.ConfigMap>, "data"> & {
  readonly data: Readonly<Record<string, pulumi.Input<string>>>;
} {
  const hash = createHash("sha256").update(JSON.stringify(scripts)).digest("hex").slice(0, 10);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `tenant-provisioning-${hash}`, namespace: servicesNamespace },
    data: { ...scripts, ...(caCertificate === undefined ? {} : { [authorityKey]: caCertificate }) },
  };
}
