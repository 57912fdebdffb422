import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ManifestOf } from "../kubernetesObject.ts";
import { base64Values } from "../secretData.ts";
import { servicesNamespace } from "./namespace.ts";

/** The Secret with a service's administrator: of the same name and keys whoever runs the service. */
export const adminSecretName = (service: string): string => `${service}-admin`;

/** The Secret with the certificate of a service in the cluster. */
export const tlsSecretName = (service: string): string => `${service}-tls`;

type SecretSpec = Omit<ManifestOf<k8s.types.input.core.v1.Secret>, "data"> & {
  data: pulumi.Output<Record<string, string>>;
};

type SecretText = pulumi.Input<Readonly<Record<string, string>>>;

export const adminSecretSpec = (service: string, data: SecretText, type = "Opaque"): SecretSpec =>
  secretSpec(adminSecretName(service), data, type);

/** CloudNativePG reloads a certificate whose Secret is labelled so: https://cloudnative-pg.io/docs/1.30/certificates/ */
const reloadLabel = { "cnpg.io/reload": "" };

/** @param isReloaded whether an operator gives the server the new one; else the program starts the server anew */
export const tlsSecretSpec = (service: string, data: SecretText, isReloaded = false): SecretSpec => {
  const { metadata, ...spec } = secretSpec(tlsSecretName(service), data, "Opaque");
  return { ...spec, metadata: isReloaded ? { ...metadata, labels: reloadLabel } : metadata };
};

/** @param data becomes a secret value, whatever it was. */
const secretSpec = (name: string, data: SecretText, type: string): SecretSpec => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: servicesNamespace },
  type,
  data: pulumi.secret(pulumi.output(data).apply(base64Values)),
});

/** An environment variable from an administrator's Secret. */
export const adminVariable = (name: string, secret: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});
