import { annotationKeys } from "../labels.ts";
import { celStrings, type GuardrailRule } from "./admissionPolicy.ts";

/** Containers of every sort a pod can have. Ephemeral ones cannot have limits, so they are counted apart. */
const podVariables = [
  { name: "lasting", expression: "object.spec.containers + object.spec.?initContainers.orValue([])" },
  { name: "containers", expression: "variables.lasting + object.spec.?ephemeralContainers.orValue([])" },
];

/**
 * @param allowedRegistries images must begin with one of these and a slash
 * @param images or be one of these: what works for tenants in their namespaces
 */
export function podRule(allowedRegistries: readonly string[], images: readonly string[]): GuardrailRule {
  return {
    name: "tenant-pods",
    tenantLabelOn: "namespace",
    resources: [
      {
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE"],
        resources: ["pods", "pods/ephemeralcontainers"],
      },
    ],
    variables: podVariables,
    validations: [
      {
        expression:
          "!object.spec.?hostNetwork.orValue(false) && !object.spec.?hostPID.orValue(false) && !object.spec.?hostIPC.orValue(false)",
        message: "a tenant's pod may not share the host's network, PID or IPC namespace",
      },
      {
        expression: "object.spec.?volumes.orValue([]).all(volume, !has(volume.hostPath))",
        message: "a tenant's pod may not mount a hostPath volume",
      },
      {
        expression: "variables.containers.all(c, !c.?securityContext.?privileged.orValue(false))",
        message: "a tenant's container may not be privileged",
      },
      {
        expression:
          "variables.containers.all(c, c.?securityContext.?capabilities.?add.orValue([]).size() == 0)",
        message: "a tenant's container may not add capabilities",
      },
      {
        expression: `variables.containers.all(c, c.image in ${celStrings(images)} || ${celStrings(allowedRegistries)}.exists(registry, c.image.startsWith(registry + "/")))`,
        message: `a tenant's image must come from one of: ${allowedRegistries.join(", ")}; or be ${images.join(" or ")}`,
      },
      {
        expression:
          'variables.lasting.all(c, has(c.resources) && has(c.resources.limits) && "cpu" in c.resources.limits && "memory" in c.resources.limits)',
        message: "a tenant's container must have CPU and memory limits",
      },
    ],
  };
}

export function serviceRule(): GuardrailRule {
  return {
    name: "tenant-services",
    tenantLabelOn: "namespace",
    resources: [
      { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["services"] },
    ],
    validations: [
      {
        expression: 'object.spec.?type.orValue("ClusterIP") == "ClusterIP"',
        message: "a tenant's Service must be of type ClusterIP: the edge is the only way in",
      },
      {
        expression: "object.spec.?externalIPs.orValue([]).size() == 0",
        message: "a tenant's Service may not claim external addresses",
      },
    ],
  };
}

/** The one host of the namespace is written on it by the deployer; the boundary rule keeps others from changing it. */
export function ingressRule(): GuardrailRule {
  return {
    name: "tenant-ingresses",
    tenantLabelOn: "namespace",
    resources: [
      {
        apiGroups: ["networking.k8s.io"],
        apiVersions: ["v1"],
        operations: ["CREATE", "UPDATE"],
        resources: ["ingresses"],
      },
    ],
    variables: [
      {
        name: "host",
        expression: `namespaceObject.metadata.?annotations[?"${annotationKeys.host}"].orValue("")`,
      },
    ],
    validations: [
      {
        expression:
          'variables.host != "" && object.spec.?rules.orValue([]).all(rule, rule.?host.orValue("") == variables.host)',
        message: "every rule of a tenant's Ingress must name the tenant's own host",
      },
      {
        expression:
          "object.spec.?tls.orValue([]).all(tls, tls.?hosts.orValue([]).all(host, host == variables.host))",
        message: "a tenant's Ingress may ask for TLS of the tenant's own host only",
      },
      {
        expression: "!has(object.spec.defaultBackend)",
        message: "a tenant's Ingress may not have a default backend: it would catch every other host",
      },
    ],
  };
}
