import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ManifestOf } from "../kubernetesObject.ts";
import { base64Values } from "../secretData.ts";
import { servicesNamespace } from "./servicesNamespace.ts";

/** The Secret with a service's administrator: of the same name and keys whoever runs the service. */
export const adminSecretName = (service: string): string => `${service}-admin`;

/** @param data becomes a secret value, whatever it was. */
export function adminSecretSpec(
  service: string,
  data: pulumi.Input<Readonly<Record<string, string>>>,
): Omit<ManifestOf<k8s.types.input.core.v1.Secret>, "data"> & {
  data: pulumi.Output<Record<string, string>>;
} {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: adminSecretName(service), namespace: servicesNamespace },
    type: "Opaque",
    data: pulumi.secret(pulumi.output(data).apply(base64Values)),
  };
}

/** An environment variable from an administrator's Secret. */
export const adminVariable = (name: string, secret: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});
