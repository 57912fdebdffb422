import { labelKeys } from "../../components/labels.ts";
import { jsonOf } from "../../lib/system/json.ts";
import type { Kubectl } from "../stack/kubectl.ts";
import { type Found, foundIn, joined, nothingFound } from "./objects.ts";
import { namespacesToAsk, unsettledTenants } from "./tenants.ts";

/** Namespaces whose events are asked for at a time: many tenants mostly have the same trouble. */
const mostNamespaces = 5;

/**
 * The state of these tenants in the cluster. Where all is well it is asked once; the rest is asked only about those of whom
 * something has not come to its end.
 *
 * @throws UserError if there is no kubectl, or the cluster does not answer
 */
export async function look(kubectl: Kubectl, ids: readonly string[]): Promise<Found> {
  if (ids.length === 0) {
    return nothingFound;
  }
  const get = async (kinds: string, ...where: readonly string[]): Promise<Found> =>
    foundIn(jsonOf(await kubectl.succeed(["get", kinds, ...where, "--output", "json"])));
  const ofTenants = (kinds: string, tenants: readonly string[]) =>
    get(kinds, "--all-namespaces", "--selector", `${labelKeys.tenant} in (${tenants.join()})`);

  const workloads = await ofTenants("deployments,jobs", ids);
  const unsettled = unsettledTenants(workloads);
  if (unsettled.length === 0) {
    return workloads;
  }
  const found = joined(workloads, await ofTenants("pods,persistentvolumeclaims", unsettled));
  const warnings = await Promise.all(
    namespacesToAsk(found)
      .slice(0, mostNamespaces)
      .map((namespace) => get("events", "--namespace", namespace, "--field-selector", "type=Warning")),
  );
  return warnings.reduce(joined, found);
}
