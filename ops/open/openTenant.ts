import { z } from "zod";
import { gatewayPort, namespaceName, objectNames } from "../../components/names.ts";
import { defaultUserHeader } from "../../components/platform/facts.ts";
import { clusterStatus, kubectl, type Place, readNodeRecord } from "../../embedded/index.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { StackOutputs } from "../stack/stackOutputs.ts";
import { type Target, targetFlags } from "../stack/target.ts";
import { proxyHeaders } from "./headers.ts";
import type { ProxiedTenant } from "./proxy.ts";

/** @throws UserError if the embedded cluster runs no pods */
export async function assertPodsRun(home: string): Promise<void> {
  const status = await clusterStatus(home);
  const realNode = "`npm run up -- --nodes real`, on Linux as root, runs tenants.";
  if (status === "none") {
    throw new UserError(`Nothing is up. ${realNode}`);
  }
  if (readNodeRecord(home) === undefined) {
    throw new UserError(
      `The nodes of the embedded cluster are simulated, so there is nothing to open.\n\`npm run down\` removes it; ${realNode}`,
    );
  }
  if (status === "unhealthy") {
    throw new UserError(
      "Not all of the embedded cluster runs. `npm run up` starts it again, with what it held.",
    );
  }
}

const platformSchema = z.object({ edge: z.object({ userHeader: z.string() }) });

/** @throws UserError if the stack has no such tenant, or if it is not meant to run */
export function activeTenant(
  { tenants, platform }: Pick<StackOutputs, "tenants" | "platform">,
  target: Target,
  id: string,
): Omit<ProxiedTenant, "service"> {
  const tenant = Object.hasOwn(tenants, id) ? tenants[id] : undefined;
  if (tenant === undefined) {
    const ids = Object.keys(tenants).filter((each) => tenants[each]?.state === "active");
    throw new UserError(
      `The stack ${target.stack} has no tenant ${id}. It has: ${ids.join(", ") || "none that is active"}.`,
    );
  }
  if (tenant.state !== "active" || tenant.url === undefined) {
    throw new UserError(
      `${id} is ${tenant.state}: nothing of it runs. A suspended one is resumed by \`state: active\` in its file ` +
        `and \`npm run up${targetFlags(target)}\`.`,
    );
  }
  return {
    id,
    publicOrigin: new URL(tenant.url).origin,
    // A stack brought up by a former version says nothing of it.
    userHeader: platformSchema.safeParse(platform).data?.edge.userHeader ?? defaultUserHeader,
  };
}

/**
 * The tenant's Service, which this machine reaches by the node's network.
 *
 * @throws UserError if no gateway answers there
 */
export async function serviceOf(
  place: Place,
  tenant: Omit<ProxiedTenant, "service">,
): Promise<ProxiedTenant> {
  const { id } = tenant;
  const { code, stdout, stderr } = await kubectl(place, [
    ...["get", "service", `--namespace=${namespaceName(id)}`, objectNames.service],
    "--output=jsonpath={.spec.clusterIP}",
  ]);
  if (code !== 0) {
    throw new UserError(`The Service of ${id} is not there: ${stderr.trim()}`);
  }
  const service = { address: stdout, port: gatewayPort };
  const answer = await fetch(`http://${service.address}:${service.port}/startupz`, {
    headers: proxyHeaders,
    signal: AbortSignal.timeout(answerPatience),
  }).then(
    ({ status }) => (status === 200 ? undefined : `it answers ${status}`),
    () => "it does not answer",
  );
  if (answer !== undefined) {
    throw new UserError(
      `No OpenClaw of ${id} is ready: ${answer}. \`npm run status -- --check\` waits for it.`,
    );
  }
  return { ...tenant, service };
}

/** Milliseconds; it answers at once if it is there. */
const answerPatience = 5_000;
