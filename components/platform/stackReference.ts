import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { PlatformFacts } from "./facts.ts";

/** The output of a platform stack that its cells read. */
export const platformOutput = "platform";

export const platformFactsSchema = z.strictObject({
  domain: z.string(),
  edge: z.strictObject({
    namespace: z.string(),
    ingressClass: z.string(),
    proxyCidrs: z.array(z.string()),
  }),
  modelGateway: z.strictObject({ namespace: z.string(), port: z.number(), url: z.string() }),
  dns: z.strictObject({
    namespace: z.string(),
    podLabels: z.record(z.string(), z.string()),
    nodeLocalCidrs: z.array(z.string()),
  }),
}) satisfies z.ZodType<PlatformFacts>;

/**
 * What another stack says of the platform, as plain data: a cell's preview shows values, not “known after apply”.
 *
 * @param stackName `organization/openclaw/ack-platform`.
 * @throws Error when that stack has no such output yet, or one of another shape.
 */
export async function platformFromStack(stackName: string): Promise<PlatformFacts> {
  const details = await new pulumi.StackReference(stackName).getOutputDetails(platformOutput);
  const facts = platformFactsSchema.safeParse(details.value);
  if (!facts.success) {
    throw new pulumi.RunError(
      `stack ${stackName} has no usable output "${platformOutput}" (${z.prettifyError(facts.error)}); ` +
        "bring the platform stack up first, with the same version of this program",
    );
  }
  return facts.data;
}
