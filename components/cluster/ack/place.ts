import type * as pulumi from "@pulumi/pulumi";

/** The place of the cluster's parts: below its component, by the cloud's own provider. */
export interface Place {
  /** The prefix of the parts' names. */
  readonly name: string;
  readonly parent: pulumi.Resource;
  readonly provider: pulumi.ProviderResource;
}

export const optionsIn = ({ parent, provider }: Place): pulumi.CustomResourceOptions => ({
  parent,
  provider,
});

/**
 * Options of resources that hold data, or an address that others rely on: the engine refuses to delete them, and
 * where one goes all the same, it only forgets it.
 */
export const lastingIn = (place: Place): pulumi.CustomResourceOptions => ({
  ...optionsIn(place),
  protect: true,
  retainOnDelete: true,
});
