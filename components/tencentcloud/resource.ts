import * as pulumi from "@pulumi/pulumi";
import { tagKeys } from "../labels.ts";
import { packageReference } from "./package.ts";
import { resourceToken } from "./tokens.ts";

/** Options of any resource; the provider is required. */
export type CloudResourceOptions = pulumi.CustomResourceOptions & {
  readonly provider: pulumi.ProviderResource;
};

/** Most resources of the vendor take them. */
export interface Tagged {
  /** The class adds one that names the resource. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Properties that the class reads of a resource once it is made, and which of all its properties are secret. */
interface Outputs {
  readonly outputs?: readonly string[];
  readonly secrets?: readonly string[];
}

/**
 * A resource of the vendor's Terraform provider, under the token that the bridge gives it. The bridge forgets resources
 * whose creation ends in an error, so each says in its tags which one it is: `npm run orphans` looks for them.
 */
export abstract class CloudResource extends pulumi.CustomResource {
  /** @param kind the resource's name in Terraform without `tencentcloud_`, such as `nat_gateway` */
  constructor(
    kind: string,
    name: string,
    args: pulumi.Inputs,
    opts: CloudResourceOptions,
    { outputs = [], secrets = [] }: Outputs = {},
  ) {
    const unread = Object.fromEntries(outputs.map((output) => [output, undefined]));
    const properties = { ...unread, ...args, ...nameTag(args, name) };
    const options = pulumi.mergeOptions(opts, { additionalSecretOutputs: [...secrets] });
    super(resourceToken(kind), name, properties, options, false, packageReference());
  }
}

function nameTag({ tags }: pulumi.Inputs, name: string): pulumi.Inputs {
  const isMap = typeof tags === "object" && !Array.isArray(tags);
  return isMap ? { tags: { ...tags, [tagKeys.resource]: name } } : {};
}
