import { packageName } from "../../components/tencentcloud/tokens.ts";
import { shellQuote } from "../../lib/terminal/quote.ts";
import type { Found, Orphan } from "./model.ts";
import { nameOf, type StateResource } from "./state.ts";

/**
 * The command that takes a resource into the state as the program would have registered it: below the same component
 * and with the same provider, which a failed update has left there. By any other parent it would be another resource.
 */
export function importOf(
  { token, id, resource }: Found,
  stack: string,
  state: readonly StateResource[],
): Orphan["import"] {
  if (token === undefined) {
    return { impossible: "the program makes none of this type" };
  }
  if (resource === undefined) {
    return { impossible: "no tag says which resource of the program it is" };
  }
  const other = state.find((each) => each.type === token && nameOf(each) === resource);
  if (other !== undefined) {
    return { impossible: `the state has another one as ${resource}, ${other.id ?? "without an id"}` };
  }
  const parent = parentOf(resource, state);
  const provider = state.find(({ type }) => type === `pulumi:providers:${packageName}`);
  if (parent === undefined || provider === undefined) {
    return { impossible: `the state has no ${parent === undefined ? "component" : "provider"} for it` };
  }
  const words = [
    ...["pulumi", "import", token, resource, id],
    ...["--stack", stack, "--parent", `parent=${parent.urn}`, "--provider", `provider=${provider.urn}`],
    "--generate-code=false",
  ];
  return { command: words.map(shellQuote).join(" ") };
}

/** A resource's name begins with that of its component. */
function parentOf(resource: string, state: readonly StateResource[]): StateResource | undefined {
  const [longest] = state
    .filter((each) => each.type.startsWith("openclaw:") && resource.startsWith(`${nameOf(each)}-`))
    .toSorted((one, other) => nameOf(other).length - nameOf(one).length);
  return longest;
}
