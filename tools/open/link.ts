import { z } from "zod";
import { namespaceName, objectNames } from "../../components/names.ts";
import { kubectl, type Place } from "../cluster/place.ts";
import { jsonOf } from "../system/json.ts";
import { UserError } from "../terminal/errors.ts";
import { localOrigin, type TenantAddresses } from "./addresses.ts";

/** What lets one browser in. */
export interface Link {
  readonly url: string;
  /** Until when it can be opened. */
  readonly validUntil: Date;
}

/** What `openclaw dashboard --json` prints: https://docs.openclaw.ai/cli/dashboard */
const dashboard = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), browserUrl: z.url(), browserBootstrapExpiresAtMs: z.number() }),
  z.object({ ok: z.literal(false), reason: z.string() }),
]);

/**
 * Asks a tenant's OpenClaw for a link that lets one browser in, once, and makes it one of the tenant's administrators.
 * Whoever can do so is one of the cluster's: it is asked inside the tenant's container. The gateway's token stays there,
 * and there is no request of a device that somebody would have to approve, or could get approved by mistake.
 *
 * @throws UserError if it gives none
 */
export async function askForLink(place: Place, tenant: string, addresses: TenantAddresses): Promise<Link> {
  const { stdout, stderr } = await kubectl(place, [
    ...["exec", `--namespace=${namespaceName(tenant)}`, `deployment/${objectNames.workload}`],
    ...[`--container=${objectNames.container}`, "--", "openclaw", "dashboard", "--json"],
  ]);
  const answer = dashboard.safeParse(jsonOf(stdout)).data;
  if (answer?.ok !== true) {
    const reason = answer?.reason ?? (stderr.trim().split("\n").at(-1) || "it prints something else");
    throw new UserError(
      `The OpenClaw of ${tenant} gives no link to its Control UI: ${reason}\n\`npm run status -- --check\` waits until it is ready.`,
    );
  }
  return {
    url: localLink(answer.browserUrl, addresses),
    validUntil: new Date(answer.browserBootstrapExpiresAtMs),
  };
}

/** The link as OpenClaw made it, for its own address in the pod, led through the proxy. */
export function localLink(browserUrl: string, addresses: TenantAddresses): string {
  const { pathname, hash } = new URL(browserUrl);
  const fragment = new URLSearchParams(hash.slice(1));
  fragment.set("gatewayUrl", localOrigin(addresses).replace("http:", "ws:"));
  return `${localOrigin(addresses)}${pathname}#${fragment}`;
}
