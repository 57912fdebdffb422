import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type ClusterConnection, publishedConnectionSchema } from "../cluster/connection.ts";
import { type SharedServices, sharedServicesSchema } from "../services/sharedServices.ts";
import { defaultPublicPort, defaultUserHeader, type PlatformFacts } from "./facts.ts";

/**
 * Everything one stack reads of another goes through here: outputs by name, validated, as plain data. Keys that it does not
 * know are left out at every depth, because the other stack may have been brought up by a later version of this program.
 */

/**
 * The version of the outputs that cells read, itself one of them. A new key leaves it as it is; it is raised with a change
 * that cells of the versions before would misread, which they then refuse. Outputs of 0.2 have none and are of version 1.
 */
export const outputsVersion = 1;

const edgeProxyShape = {
  namespace: z.string(),
  proxyCidrs: z.array(z.string()),
  proxiesIncludeNodes: z.boolean(),
  userHeader: z.string().default(defaultUserHeader),
};

/** An owner brought up by a former version says no kind. */
export const edgeKinds = {
  ingress: z.object({
    kind: z.literal("ingress").default("ingress"),
    ...edgeProxyShape,
    ingressClass: z.string(),
  }),
  envoyGateway: z.object({ kind: z.literal("envoyGateway"), ...edgeProxyShape }),
};

export const platformFactsSchema = z.object({
  domain: z.string(),
  // An owner brought up by a former version says neither this nor the user's header.
  publicPort: z.number().default(defaultPublicPort),
  edge: z.union([edgeKinds.ingress, edgeKinds.envoyGateway]),
  modelGateway: z.object({ namespace: z.string(), port: z.number(), url: z.string() }),
  dns: z.object({
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

const versionSchema = z.object({
  outputsVersion: z.unknown().optional(),
  program: z.object({ version: z.string() }).optional().catch(undefined),
});

const platformStackSchema = z.object({
  cluster: publishedConnectionSchema,
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
 * The platform in another stack's outputs, as plain data: a cell's preview shows values, not “known after apply”.
 *
 * @throws pulumi.RunError when that stack has no such outputs yet, or others, or those of a version to come.
 */
export async function platformOfStack(stack: string): Promise<PlatformStack> {
  const outputs = await readStackOutputs(stack);
  refuseLaterOutputs(stack, outputs);
  const parsed = platformStackSchema.safeParse(outputs);
  if (!parsed.success) {
    throw new pulumi.RunError(
      `stack ${stack} does not say what its platform is (${z.prettifyError(parsed.error)}); ` +
        "bring the platform's stack up first, with the same version of this program",
    );
  }
  return parsed.data;
}

function refuseLaterOutputs(stack: string, outputs: unknown): void {
  const { outputsVersion: published = 1, program } = versionSchema.parse(outputs);
  if (typeof published === "number" && published <= outputsVersion) {
    return;
  }
  throw new pulumi.RunError(
    `stack ${stack} was last brought up by ${program === undefined ? "a later version" : `version ${program.version}`} ` +
      `of this program, with outputs that this version cannot read (outputsVersion is ${published}, and must be at most ` +
      `${outputsVersion}); nothing was changed. Update this cell with that version of the program`,
  );
}
