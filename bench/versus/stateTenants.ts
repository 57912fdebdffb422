/** Names the file of tenants that the plain program registers. */
export const tenantsFileVariable = "OPENCLAW_BENCH_TENANTS";

/** One resource as a state has it. */
export interface StateObject {
  /** Type token, as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: object;
}

export interface StateTenant {
  readonly id: string;
  readonly objects: readonly StateObject[];
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: object;
}

/** Data in place of a Secret's, which the state has encrypted: as many bytes as a tenant's credentials. */
const secretData = { credential: Buffer.alloc(700, "x").toString("base64") };

/**
 * The resources of one tenant, components aside, from a state in which it is.
 *
 * @param text a state file
 */
export function tenantInState(text: string, id: string): StateTenant {
  const { checkpoint } = JSON.parse(text) as {
    checkpoint: { latest: { resources: readonly StateResource[] } };
  };
  const objects = checkpoint.latest.resources
    .map(({ urn, type, inputs = {} }) => ({ type, name: urn.split("::").at(-1) ?? "", inputs }))
    .filter(({ name, type }) => name.startsWith(`${id}-`) && /^(kubernetes|random):/.test(type))
    .map((object) =>
      object.type === "kubernetes:core/v1:Secret"
        ? { ...object, inputs: { ...object.inputs, data: secretData } }
        : object,
    );
  return { id, objects };
}
