import { type Manifest, skipAwait } from "../../kubernetesObject.ts";
import { managedBy, managedByLabel } from "../../labels.ts";
import type { PlatformFacts } from "../facts.ts";
import { untilAccepted, untilInForce, untilListening, untilRouted } from "./conditions.ts";
import { edgeNames, envoyApi, gatewayApi, listeners, openRoute } from "./names.ts";
import type { GatewaySettings } from "./settings.ts";

/** Objects of Gateway API and Envoy Gateway have no types in @pulumi/kubernetes. */
export type Declared = Manifest & { readonly spec: object };

const labels = { [managedByLabel]: managedBy };

const controllerName = "gateway.envoyproxy.io/gatewayclass-controller";

/** The longest silence of an open connection: OpenClaw answers a request that is not streamed once the model is done. */
const longestSilence = "3600s";

/** The class of the Gateway. It is the cluster's own object, so it names the namespace that its parameters are in. */
export function gatewayClassSpec(namespace: string): Declared {
  return {
    apiVersion: gatewayApi,
    kind: "GatewayClass",
    metadata: { name: edgeNames.gatewayClass, labels, annotations: untilAccepted() },
    spec: {
      controllerName,
      parametersRef: {
        group: "gateway.envoyproxy.io",
        kind: "EnvoyProxy",
        name: edgeNames.gateway,
        namespace,
      },
    },
  };
}

/** The proxies: how many, of which image, and what they write to their access log. */
export function envoyProxySpec(namespace: string, settings: GatewaySettings): Declared {
  const { images, replicas, drainSeconds, service } = settings;
  return {
    apiVersion: envoyApi,
    kind: "EnvoyProxy",
    metadata: { name: edgeNames.gateway, namespace, labels, annotations: { ...skipAwait } },
    spec: {
      provider: {
        type: "Kubernetes",
        kubernetes: {
          envoyDeployment: {
            replicas,
            container: {
              image: images.proxy,
              resources: {
                requests: { cpu: "100m", memory: "256Mi" },
                limits: { memory: "1Gi" },
              },
            },
          },
          ...(replicas > 1 ? { envoyPDB: { minAvailable: 1 } } : {}),
          envoyService: {
            type: service.type,
            annotations: service.annotations,
            // Otherwise the client's address is that of a node.
            ...(service.type === "LoadBalancer" ? { externalTrafficPolicy: "Local" } : {}),
          },
        },
      },
      shutdown: { drainTimeout: `${drainSeconds}s`, minDrainDuration: "5s" },
      telemetry: { accessLog: { settings: [{ sinks: [stdout], format: accessLogFormat }] } },
    },
  };
}

const stdout = { type: "File", file: { path: "/dev/stdout" } };

/** One line of JSON a request. Paths are left out: OpenClaw's links carry one-time codes. */
const accessLogFormat = {
  type: "JSON",
  json: {
    time: "%START_TIME%",
    host: "%REQ(:AUTHORITY)%",
    route: "%ROUTE_NAME%",
    method: "%REQ(:METHOD)%",
    status: "%RESPONSE_CODE%",
    flags: "%RESPONSE_FLAGS%",
    durationMs: "%DURATION%",
    bytesIn: "%BYTES_RECEIVED%",
    bytesOut: "%BYTES_SENT%",
    client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  },
};

/**
 * The Gateway: one listener for every `<id>.<domain>`. Routes and further listeners are accepted from its own namespace
 * alone, where no tenant has any right.
 */
export function gatewaySpec({ domain, edge }: PlatformFacts, certificate: string): Declared {
  const ownRoutes = { namespaces: { from: "Same" } };
  return {
    apiVersion: gatewayApi,
    kind: "Gateway",
    metadata: {
      name: edgeNames.gateway,
      namespace: edge.namespace,
      labels,
      annotations: untilListening(listeners.https),
    },
    spec: {
      gatewayClassName: edgeNames.gatewayClass,
      allowedListeners: { namespaces: { from: "Same" } },
      listeners: [
        { name: listeners.http, port: 80, protocol: "HTTP", allowedRoutes: ownRoutes },
        {
          name: listeners.https,
          port: 443,
          protocol: "HTTPS",
          hostname: `*.${domain}`,
          tls: { mode: "Terminate", certificateRefs: [{ name: certificate }] },
          allowedRoutes: ownRoutes,
        },
      ],
    },
  };
}

/**
 * What a client says of itself that OpenClaw believes of its proxy: who is signed in, with which scopes, by which
 * address and scheme. Envoy sets x-forwarded-for and x-forwarded-proto itself, after these are gone.
 */
const spoofable = [
  "forwarded",
  "tailscale-user-login",
  "tailscale-user-name",
  "x-auth-request-email",
  "x-auth-request-user",
  "x-forwarded-email",
  "x-forwarded-for",
  "x-forwarded-groups",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-preferred-username",
  "x-forwarded-proto",
  "x-forwarded-user",
  "x-openclaw-scopes",
  "x-real-ip",
] as const;

/** Connections of clients: TLS, what is taken out of their requests, and how long they may be silent. */
export function clientTrafficPolicySpec({ namespace, userHeader }: PlatformFacts["edge"]): Declared {
  return {
    apiVersion: envoyApi,
    kind: "ClientTrafficPolicy",
    metadata: { name: edgeNames.gateway, namespace, labels, annotations: untilInForce() },
    spec: {
      targetRefs: [gatewayReference],
      tls: { minVersion: "1.2", alpnProtocols: ["h2", "http/1.1"] },
      timeout: {
        http: {
          requestReceivedTimeout: "0s",
          idleTimeout: longestSilence,
          streamIdleTimeout: longestSilence,
        },
      },
      headers: {
        // So that an answer of the circuit breaker says that it is one.
        enableEnvoyHeaders: true,
        withUnderscoresAction: "RejectRequest",
        earlyRequestHeaders: { remove: [...new Set([...spoofable, userHeader])].sort() },
        lateResponseHeaders: {
          addIfAbsent: [{ name: "Strict-Transport-Security", value: "max-age=31536000" }],
        },
      },
    },
  };
}

const gatewayReference = { group: "gateway.networking.k8s.io", kind: "Gateway", name: edgeNames.gateway };

/** Requests by http are sent to https, at the port that browsers reach it by. */
export function redirectSpec({ edge, publicPort }: PlatformFacts): Declared {
  return {
    apiVersion: gatewayApi,
    kind: "HTTPRoute",
    metadata: {
      name: "redirect",
      namespace: edge.namespace,
      labels: { ...labels, ...openRoute },
      annotations: untilRouted("Gateway"),
    },
    spec: {
      parentRefs: [{ ...gatewayReference, sectionName: listeners.http }],
      rules: [
        {
          filters: [
            {
              type: "RequestRedirect",
              requestRedirect: { scheme: "https", statusCode: 301, port: publicPort },
            },
          ],
        },
      ],
    },
  };
}

/**
 * The policy of the Gateway: nobody gets in. A route has a policy of its own or is closed, so one that the controller
 * refuses, or that has not arrived yet, opens nothing.
 */
export function closedByDefaultSpec(namespace: string): Declared {
  return {
    apiVersion: envoyApi,
    kind: "SecurityPolicy",
    metadata: { name: "closed-by-default", namespace, labels, annotations: untilInForce() },
    spec: { targetRefs: [gatewayReference], authorization: { defaultAction: "Deny" } },
  };
}

/** The policy of routes that say that they need no sign-in at the edge: OpenClaw asks for its token itself. */
export function openRoutesSpec(namespace: string): Declared {
  return {
    apiVersion: envoyApi,
    kind: "SecurityPolicy",
    metadata: { name: "open-routes", namespace, labels, annotations: untilInForce() },
    spec: {
      targetSelectors: [
        {
          group: "gateway.networking.k8s.io",
          kind: "HTTPRoute",
          matchLabels: { ...openRoute },
        },
      ],
      authorization: { defaultAction: "Allow" },
    },
  };
}
