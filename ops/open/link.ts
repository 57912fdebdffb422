import { z } from "zod";
import { namespaceName, objectNames } from "../../components/names.ts";
import { jsonOf } from "../../lib/system/json.ts";
import type { RunResult } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";

/** A link that lets one browser in. */
export interface Link {
  readonly url: string;
  /** Until when it can be opened. */
  readonly validUntil: Date;
}

/** The output of `openclaw dashboard --json`: https://docs.openclaw.ai/cli/dashboard */
const dashboard = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), browserUrl: z.url(), browserBootstrapExpiresAtMs: z.number() }),
  z.object({ ok: z.literal(false), reason: z.string() }),
]);

/**
 * Asks a tenant's OpenClaw for a link that lets one browser in, once, and makes it one of the tenant's administrators.
 * Whoever can do so is one of the cluster's: it is asked inside the tenant's container. The gateway's token stays there,
 * and there is no request of a device that somebody would have to approve, or could get approved by mistake.
 *
 * @param kubectl runs it on the tenant's cluster, whatever comes of it
 * @param origin by which the browser comes to the tenant
 * @throws UserError if it gives none
 */
export async function askForLink(
  kubectl: (args: readonly string[]) => Promise<RunResult>,
  tenant: string,
  origin: string,
): Promise<Link> {
  const { stdout, stderr } = await kubectl([
    ...["exec", `--namespace=${namespaceName(tenant)}`, `deployment/${objectNames.workload}`],
    // OpenClaw's command line takes some seconds to start.
    ...[`--container=${objectNames.container}`, "--request-timeout=90s"],
    ...["--", "openclaw", "dashboard", "--json"],
  ]);
  const answer = dashboard.safeParse(jsonOf(stdout)).data;
  if (answer?.ok !== true) {
    const reason = answer?.reason ?? (stderr.trim().split("\n").at(-1) || "it prints something else");
    throw new UserError(
      `The OpenClaw of ${tenant} gives no link to its Control UI: ${reason}\n\`npm run status -- --check\` waits until it is ready.`,
    );
  }
  return {
    url: linkAt(answer.browserUrl, origin),
    validUntil: new Date(answer.browserBootstrapExpiresAtMs),
  };
}

/** The link as OpenClaw made it, for its own address in the pod, led to where the browser finds the tenant. */
export function linkAt(browserUrl: string, origin: string): string {
  const { pathname, hash } = new URL(browserUrl);
  const fragment = new URLSearchParams(hash.slice(1));
  fragment.set("gatewayUrl", origin.replace(/^http/, "ws"));
  return `${origin}${pathname}#${fragment}`;
}
