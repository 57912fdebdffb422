import { retireAccount, retireRole } from "../../components/services/accounts/retireAccount.ts";
import { servicesNamespace } from "../../components/services/namespace.ts";
import { isTenantsNamespace, kindOf, tenantOf } from "../kubernetes.ts";
import type { ResourceRule } from "../rule.ts";
import { at, computed, isNot, items, shown, type Value } from "../values.ts";

/**
 * A pod of a tenant has no right in the cluster, and in its namespace the Jobs that end credentials have one: to see
 * whether it runs (components/services/accounts/retire.ts).
 */
export const tenantRights: ResourceRule = {
  name: "tenant-rights",
  description:
    "Nothing in a tenant's namespace has rights in the cluster, and nobody has rights in it but one Job.",
  check: (resource) => {
    const kind = kindOf(resource);
    if (kind === "Role") {
      return tenantOf(resource) === undefined ? [] : ["a tenant's namespace has no Role: leave it out"];
    }
    if (kind !== "RoleBinding" && kind !== "ClusterRoleBinding") {
      return [];
    }
    const subjects = items(at(resource.props, "subjects"));
    const ofTenants = subjects
      .filter((subject) => isOfTenants(subject, at(resource.props, "metadata", "namespace")))
      .map((subject) => `${shown(at(subject, "name"))} is, or may be, a tenant's pod: it has no rights`);
    return tenantOf(resource) === undefined
      ? ofTenants
      : [...ofTenants, ...bindingProblems(at(resource.props, "roleRef"), subjects)];
  },
};

function bindingProblems(role: Value, subjects: readonly Value[]): readonly string[] {
  const isRetire =
    !isNot(at(role, "kind"), "ClusterRole") &&
    !isNot(at(role, "name"), retireRole) &&
    subjects.every(
      (subject) =>
        subject === computed ||
        (!isNot(at(subject, "kind"), "ServiceAccount") &&
          !isNot(at(subject, "name"), retireAccount) &&
          !isNot(at(subject, "namespace"), servicesNamespace)),
    );
  return isRetire
    ? []
    : [
        `a tenant's namespace has one binding: the ClusterRole ${retireRole}, to the ServiceAccount ${retireAccount} of ${servicesNamespace}`,
      ];
}

/** Groups that every ServiceAccount, or everybody, is in; `system:serviceaccounts:<namespace>` are those of one. */
const groupsOfAll: readonly Value[] = [
  "system:serviceaccounts",
  "system:authenticated",
  "system:unauthenticated",
];

/** @param namespace of the binding, which a ServiceAccount without one is in */
function isOfTenants(subject: Value, namespace: Value): boolean {
  const name = at(subject, "name");
  const home = at(subject, "namespace") ?? namespace;
  const ofNamespace = (prefix: string) =>
    typeof name === "string" && name.startsWith(prefix) && isTenantsNamespace(name.slice(prefix.length));
  switch (at(subject, "kind")) {
    case "ServiceAccount":
      return typeof home === "string" && isTenantsNamespace(home);
    case "Group":
      return groupsOfAll.includes(name) || ofNamespace("system:serviceaccounts:");
    default:
      return ofNamespace("system:serviceaccount:");
  }
}
