import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type ClusterConnection, clusterConnectionSchema } from "../cluster/connection.ts";
import { defaultPublicPort, defaultUserHeader, type PlatformFacts } from "./facts.ts";
import { type SharedServices, sharedServicesSchema } from "./services.ts";

/** Everything one stack reads of another goes through here: outputs by name, validated, as plain data. */

export const platformFactsSchema = z.strictObject({
  domain: z.string(),
  // An owner brought up by a former version says neither this nor the user's header.
  publicPort: z.number().default(defaultPublicPort),
  edge: z.strictObject({
    namespace: z.string(),
    ingressClass: z.string(),
    proxyCidrs: z.array(z.string()),
    proxiesIncludeNodes: z.boolean(),
    userHeader: z.string().default(defaultUserHeader),
  }),
  modelGateway: z.strictObject({ namespace: z.string(), port: z.number(), url: z.string() }),
  dns: z.strictObject({
    namespace: z.string(),
    podLabels: z.record(z.string(), z.string()),
    nodeLocalCidrs: z.array(z.string()),
  }),
}) satisfies z.ZodType<PlatformFacts>;

/** The outputs of index.ts that cells read. */
export interface PlatformStack {
  readonly cluster: ClusterConnection;
  readonly platform: PlatformFacts;
  readonly services: SharedServices;
}

const platformStackSchema = z.object({
  cluster: clusterConnectionSchema,
  platform: platformFactsSchema,
  services: sharedServicesSchema,
});

/**
 * Outputs of a stack as its last update left them, asked of the engine by a function call. A StackReference would copy
 * all of them, secret ones too, into the state of the stack that asks.
 *
 * @param stack `organization/openclaw/ack-platform`.
 * @returns nothing at all for a stack that was never brought up
 */
export async function readStackOutputs(stack: string): Promise<Readonly<Record<string, unknown>>> {
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: stack });
  return outputs ?? {};
}

/**
 * What another stack says of the platform, as plain data: a cell's preview shows values, not “known after apply”.
 *
 * @throws pulumi.RunError when that stack has no such outputs yet, or others.
 */
export async function platformOfStack(stack: string): Promise<PlatformStack> {
  const parsed = platformStackSchema.safeParse(await readStackOutputs(stack));
  if (!parsed.success) {
    throw new pulumi.RunError(
      `stack ${stack} does not say what its platform is (${z.prettifyError(parsed.error)}); ` +
        "bring the platform's stack up first, with the same version of this program",
    );
  }
  return parsed.data;
}
