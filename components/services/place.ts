import type * as pulumi from "@pulumi/pulumi";
import type { CloudSite } from "../cluster/cloud.ts";

/** Where managed services are made: beside the cluster, below their component, by the cloud's own provider. */
export interface ServicePlace {
  /** What the names of the parts begin with. */
  readonly name: string;
  readonly region: string;
  readonly site: CloudSite;
  readonly options: CloudOptions;
  /** For what holds data: the engine refuses to delete it, and where it goes all the same, it only forgets it. */
  readonly lasting: CloudOptions;
}

type CloudOptions = pulumi.CustomResourceOptions & { readonly provider: pulumi.ProviderResource };
