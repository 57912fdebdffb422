/**
 * OpenClaw's probes. `/startupz` says whether traffic may come (and answers 503 while draining); `/readyz` would
 * take the whole instance off its route when one chat channel is broken; `/healthz` says that the process lives.
 *
 * The kubelet's address lies inside the trusted proxies of most clusters. A request from there without
 * X-Forwarded-For is answered 403, and one that claims loopback as well; 192.0.2.1 (RFC 5737) is neither.
 */
const get = (path: string) => ({
  httpGet: { path, port: "http", httpHeaders: [{ name: "X-Forwarded-For", value: "192.0.2.1" }] },
  timeoutSeconds: 5,
});

export const probes = {
  /** 7.5 minutes: after an interrupted start the next one may hang silently for 376 s. */
  startupProbe: { ...get("/startupz"), periodSeconds: 1, failureThreshold: 450 },
  readinessProbe: { ...get("/startupz"), periodSeconds: 5, failureThreshold: 3 },
  livenessProbe: { ...get("/healthz"), periodSeconds: 10, failureThreshold: 6 },
};
