import type { EdgeFacts } from "../platform/facts.ts";

/**
 * OpenClaw's probes. `/startupz` says whether traffic may come (and answers 503 while draining); `/readyz` would
 * take the whole instance off its route when one chat channel is broken; `/healthz` says that the process lives.
 *
 * OpenClaw wants X-Forwarded-For from its trusted proxies and refuses it from anybody else, each with 403. So the probes
 * send it where the kubelet's address is among the proxies'. One that claims loopback is refused as well; 192.0.2.1
 * (RFC 5737) belongs to nobody.
 */
export function probes({ proxiesIncludeNodes }: Pick<EdgeFacts, "proxiesIncludeNodes">) {
  const headers = proxiesIncludeNodes
    ? { httpHeaders: [{ name: "X-Forwarded-For", value: "192.0.2.1" }] }
    : {};
  const get = (path: string) => ({ httpGet: { path, port: "http", ...headers }, timeoutSeconds: 5 });
  return {
    /** 7.5 minutes: after an interrupted start the next one may hang silently for 376 s. */
    startupProbe: { ...get("/startupz"), periodSeconds: 1, failureThreshold: 450 },
    readinessProbe: { ...get("/startupz"), periodSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...get("/healthz"), periodSeconds: 10, failureThreshold: 6 },
  };
}
