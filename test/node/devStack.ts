import { namespaceName, objectNames } from "../../components/names.ts";
import type { PodProgram } from "../../embedded/node/podProgram.ts";
import { readNodeRecord } from "../../embedded/node/record.ts";
import { standInModel } from "../../embedded/node/standInModel/objects.ts";
import { edge, edgeObjects } from "./edge/objects.ts";
import { openStack } from "./stack.ts";

/** Tenants that every file finds running. Files leave them running, active, and as large or larger. */
const tenants = {
  acme: { plan: "basic" },
  bluebird: { displayName: "Bluebird Studio", plan: "pro" },
} as const;

export type TenantId = keyof typeof tenants;

/**
 * The stack dev, and the address of an edge that is the tests' own. The first file that asks brings it up; the others
 * find it as it was left.
 */
export type DevStack = Awaited<ReturnType<typeof openDevStack>>;

export async function openDevStack(home: string) {
  const stack = await openStack(home, "dev", tenants);
  const { up, kubectl } = stack;
  await up();
  await kubectl(["apply", "--filename=-"], edgeObjects(readNodeRecord(home)?.image ?? ""));
  const readyAddress = async ({ name, namespace }: PodProgram) => {
    const inNamespace = `--namespace=${namespace}`;
    await kubectl(["rollout", "status", `deployment/${name}`, inNamespace, "--timeout=100s"]);
    return kubectl(["get", "service", name, inNamespace, "--output=jsonpath={.spec.clusterIP}"]);
  };
  await readyAddress(standInModel);
  const addresses = new Map<string, string>();
  return {
    ...stack,
    edge: `http://${await readyAddress(edge)}:${edge.port}`,
    /** Of a tenant's Service, which keeps it for as long as it is there. */
    serviceAddress: async (id: string): Promise<string> => {
      const known = addresses.get(id);
      const inNamespace = `--namespace=${namespaceName(id)}`;
      const path = "--output=jsonpath={.spec.clusterIP}";
      const address = known ?? (await kubectl(["get", "service", objectNames.service, inNamespace, path]));
      addresses.set(id, address);
      return address;
    },
  };
}
