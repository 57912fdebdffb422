import { getClusterCredentialOutput } from "@pulumi/alicloud/cs/getClusterCredential.js";
import * as pulumi from "@pulumi/pulumi";
import type { AckConnection } from "../connection.ts";

/** Minutes for which the credential of a run is valid: the longest update there may be. */
const minutes = 120;

/**
 * A kubeconfig for this run alone, as a secret: for whoever the cloud takes the runner for, through the private
 * endpoint. Every run gets another one, so every run updates the provider, and nothing else.
 */
export function kubeconfig(
  connection: pulumi.Input<AckConnection>,
  provider: pulumi.ProviderResource,
): pulumi.Output<string> {
  const { clusterId, server } = pulumi.output(connection);
  const credential = getClusterCredentialOutput(
    { clusterId, temporaryDurationMinutes: minutes },
    { provider },
  );
  return pulumi.secret(
    pulumi
      .all([server, credential.certificateAuthority])
      .apply(([url, certificates]) => kubeconfigText(url, certificates)),
  );
}

/** The certificates and key of the cloud's answer, in base64 as in a kubeconfig. */
interface Certificates {
  readonly clusterCert: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

/** The API's own file may name the public endpoint; this names the one there is. JSON is YAML. */
export function kubeconfigText(server: string, { clusterCert, clientCert, clientKey }: Certificates): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "ack", cluster: { server, "certificate-authority-data": clusterCert } }],
    users: [
      { name: "runner", user: { "client-certificate-data": clientCert, "client-key-data": clientKey } },
    ],
    contexts: [{ name: "ack", context: { cluster: "ack", user: "runner" } }],
    "current-context": "ack",
  });
}
