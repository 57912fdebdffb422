import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type StateObject, type StateTenant, tenantsFileVariable } from "../stateTenants.ts";

/**
 * A plain Pulumi program: a loop over tenants, the classes of `@pulumi/kubernetes` and `@pulumi/random`, default
 * providers. The Deployment waits for everything else of its tenant.
 */

type Registered = new (name: string, args: object, opts: pulumi.CustomResourceOptions) => pulumi.Resource;

const groups = k8s as unknown as Readonly<Record<string, Record<string, Record<string, Registered>>>>;
const randoms = random as unknown as Readonly<Record<string, Registered>>;

/** The class of an object by its type token: `kubernetes:apps/v1:Deployment`, `random:index/randomBytes:RandomBytes`. */
function classOf(type: string): Registered {
  const [pkg, module = "", kind = ""] = type.split(":");
  const [group = "", version = ""] = module.split("/");
  const found = pkg === "random" ? randoms[kind] : groups[group.split(".")[0] ?? ""]?.[version]?.[kind];
  if (found === undefined) {
    throw new Error(`no class of the type ${type}`);
  }
  return found;
}

function register({ type, name, inputs }: StateObject, dependsOn: pulumi.Resource[]): pulumi.Resource {
  return new (classOf(type))(name, inputs, { dependsOn });
}

const isNamespace = ({ type }: StateObject) => type === "kubernetes:core/v1:Namespace";
const isDeployment = ({ type }: StateObject) => type === "kubernetes:apps/v1:Deployment";

const tenants: readonly StateTenant[] = JSON.parse(
  readFileSync(process.env[tenantsFileVariable] ?? "", "utf8"),
);
for (const { objects } of tenants) {
  const namespace = objects.filter(isNamespace).map((object) => register(object, []));
  const others = objects
    .filter((object) => !isNamespace(object) && !isDeployment(object))
    .map((object) => register(object, namespace));
  objects.filter(isDeployment).forEach((object) => {
    register(object, [...namespace, ...others]);
  });
}
