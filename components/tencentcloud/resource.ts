import * as pulumi from "@pulumi/pulumi";
import { packageReference, tencentCloudPackage } from "./package.ts";

/** As of any resource, but the provider must be named. */
export type CloudResourceOptions = pulumi.CustomResourceOptions & {
  readonly provider: pulumi.ProviderResource;
};

type Tags = pulumi.Input<Readonly<Record<string, string>>>;

/** Most resources of the vendor take them. */
export interface Tagged {
  readonly tags: Tags;
}

/** Properties that the class reads of a resource once it is made, and which of all its properties are secret. */
interface Outputs {
  readonly outputs?: readonly string[];
  readonly secrets?: readonly string[];
}

/** A resource of the vendor's Terraform provider, under the token that the bridge gives it. */
export abstract class CloudResource extends pulumi.CustomResource {
  /** @param kind the resource's name in Terraform without `tencentcloud_`, such as `nat_gateway` */
  constructor(
    kind: string,
    name: string,
    args: pulumi.Inputs,
    opts: CloudResourceOptions,
    { outputs = [], secrets = [] }: Outputs = {},
  ) {
    const properties = { ...Object.fromEntries(outputs.map((output) => [output, undefined])), ...args };
    const options = pulumi.mergeOptions(opts, { additionalSecretOutputs: [...secrets] });
    super(resourceToken(kind), name, properties, options, false, packageReference());
  }
}

/** `nat_gateway` → `tencentcloud:index/natGateway:NatGateway`. */
export function resourceToken(kind: string): string {
  const name = camelCase(kind);
  return `${tencentCloudPackage.name}:index/${name}:${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Of a data source: `kubernetes_clusters` → `tencentcloud:index/getKubernetesClusters:getKubernetesClusters`. */
export function functionToken(kind: string): string {
  const name = camelCase(`get_${kind}`);
  return `${tencentCloudPackage.name}:index/${name}:${name}`;
}

const camelCase = (kind: string): string =>
  kind.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
