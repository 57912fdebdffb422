import { annotationKeys, labelKeys } from "../labels.ts";
import { type GuardrailRule, isTenant } from "./admissionPolicy.ts";

/**
 * One host, one tenant, whatever stack, repository or hand writes the object. Both rules compare it with the namespaces of
 * all tenants. Two namespaces that are made in the same moment do not see each other; their Ingresses, which come later,
 * do, and both are refused.
 */

/** Namespaces that hold the host that is written on them. An offboarded tenant's is free for whoever comes next. */
const holders = {
  matchExpressions: [
    ...isTenant.matchExpressions,
    { key: labelKeys.state, operator: "NotIn", values: ["offboarded"] },
  ],
} as const;

const hostOf = (object: string) => `${object}.metadata.?annotations[?"${annotationKeys.host}"].orValue("")`;
const tenantOf = (object: string) => `${object}.metadata.?labels[?"${labelKeys.tenant}"].orValue("")`;
const isOffboarded = (object: string) =>
  `${object}.metadata.?labels[?"${labelKeys.state}"].orValue("") == "offboarded"`;
/** Objects that are being deleted are exempt: they must be able to lose their finalizers. */
const isToStay = { name: "is-to-stay", expression: "!has(object.metadata.deletionTimestamp)" };
const taken = (host: string) =>
  `"the host " + ${host} + " is that of " + params.metadata.name + ": a host has one tenant"`;

/** A wildcard has a tenant's host as well, at the latest when the tenant has no route. */
const isOrHas = (name: string, host: string) =>
  `(${name} == ${host} || ${name}.startsWith("*.") && ${host}.endsWith(${name}.substring(1)))`;

/** Whether an Ingress has a route or a certificate for a host. */
const namesHost = (host: string) =>
  [
    `object.spec.?rules.orValue([]).exists(rule, ${isOrHas('rule.?host.orValue("")', host)})`,
    `object.spec.?tls.orValue([]).exists(tls, tls.?hosts.orValue([]).exists(each, ${isOrHas("each", host)}))`,
  ].join(" || ");

/** A namespace takes a host when it is made, gets another one, or is offboarded no longer. */
export function namespaceHostRule(): GuardrailRule {
  return {
    name: "tenant-hosts",
    tenantLabelOn: "object",
    resources: [
      {
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE"],
        // A write to either subresource takes over the labels and annotations it comes with.
        resources: ["namespaces", "namespaces/status", "namespaces/finalize"],
      },
    ],
    conditions: [
      isToStay,
      { name: "holds-a-host", expression: `${hostOf("object")} != "" && !(${isOffboarded("object")})` },
      {
        name: "takes-it-now",
        expression: `oldObject == null || ${hostOf("oldObject")} != ${hostOf("object")} || ${isOffboarded("oldObject")} || ${tenantOf("oldObject")} == ""`,
      },
    ],
    namespaces: holders,
    validations: [
      {
        expression: `params.metadata.name == object.metadata.name || ${hostOf("params")} != ${hostOf("object")}`,
        message: "a host has one tenant",
        messageExpression: taken(hostOf("object")),
      },
    ],
  };
}

/**
 * The guardrail of hosts. In a tenant's namespace only its own host is compared: the rule tenant-ingresses refuses
 * every other.
 *
 * @param edgeNamespace where Ingresses may name every host
 */
export function ingressHostRule(edgeNamespace: string): GuardrailRule {
  return {
    name: "ingress-hosts",
    resources: [
      {
        apiGroups: ["networking.k8s.io"],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE"],
        resources: ["ingresses"],
      },
    ],
    conditions: [
      isToStay,
      { name: "is-not-the-edge-itself", expression: `request.namespace != ${JSON.stringify(edgeNamespace)}` },
    ],
    namespaces: holders,
    validations: [
      {
        expression: [
          "params.metadata.name == request.namespace",
          `${hostOf("params")} == ""`,
          `${tenantOf("namespaceObject")} != "" && ${hostOf("namespaceObject")} != ${hostOf("params")}`,
          `!(${namesHost(hostOf("params"))})`,
        ].join(" || "),
        message: "a host has one tenant",
        messageExpression: taken(hostOf("params")),
      },
    ],
  };
}
