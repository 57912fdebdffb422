import type * as pulumi from "@pulumi/pulumi";
import type { CloudSite } from "../cluster/cloud.ts";

/** The place of managed services: beside the cluster, below their component, by the cloud's own provider. */
export interface ServicePlace {
  /** The prefix of the parts' names. */
  readonly name: string;
  readonly region: string;
  readonly site: CloudSite;
  readonly options: CloudOptions;
  /** Options of resources that hold data: the engine refuses to delete them, and only forgets one that leaves the program. */
  readonly lasting: CloudOptions;
}

type CloudOptions = pulumi.CustomResourceOptions & { readonly provider: pulumi.ProviderResource };
