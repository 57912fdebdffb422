import { labelKeys } from "../../components/labels.ts";
import { servicesNamespace } from "../../components/services/namespace.ts";
import type { Api } from "./api.ts";
import { type LiveObject, type SeenMarks, type Sighting, seenMarks } from "./sightings.ts";

/** API paths of the lists of a tenant's objects, its pod among them. */
const paths = [
  ...["namespaces", "resourcequotas", "limitranges", "persistentvolumeclaims", "secrets", "configmaps"].map(
    (name) => `/api/v1/${name}`,
  ),
  ...["serviceaccounts", "services", "pods"].map((name) => `/api/v1/${name}`),
  "/apis/networking.k8s.io/v1/networkpolicies",
  "/apis/networking.k8s.io/v1/ingresses",
  "/apis/apps/v1/deployments",
];

/** A tenant that is about to be made, watched. */
export interface Observation {
  /** Settles once its pod is Ready. */
  readonly ready: Promise<ReadyTenant>;
  readonly close: () => void;
}

export interface ReadyTenant {
  /** Milliseconds of performance.now(). */
  readonly marks: SeenMarks;
  readonly podUid: string;
  /** The address of its Service. */
  readonly address: string;
  readonly gatewayToken: string;
}

/** @param id of a tenant of which nothing is there yet */
export async function observe(api: Api, id: string): Promise<Observation> {
  const query = new URLSearchParams({ watch: "true", labelSelector: `${labelKeys.tenant}=${id}` });
  const sightings: Sighting[] = [];
  const { promise: ready, resolve } = Promise.withResolvers<ReadyTenant>();
  const watches = await Promise.all(
    paths.map((path) =>
      api.watch(`${path}?${query}`, (event) => {
        const object = event.object as LiveObject;
        // What is there of the tenant has pods and Secrets of its own, and the gateway does not wait for it.
        if (object.metadata.namespace === servicesNamespace) {
          return;
        }
        sightings.push({ at: performance.now(), object });
        const tenant = readyTenant(sightings);
        if (tenant !== undefined) {
          resolve(tenant);
        }
      }),
    ),
  );
  const close = () => {
    for (const end of watches) {
      end();
    }
  };
  return { ready, close };
}

function readyTenant(sightings: readonly Sighting[]): ReadyTenant | undefined {
  const marks = seenMarks(sightings);
  const objects = sightings.map(({ object }) => object);
  const podUid = objects.find(({ kind }) => kind === "Pod")?.metadata.uid;
  const address = objects.find(({ kind }) => kind === "Service")?.spec?.clusterIP;
  const token = objects.find(({ kind }) => kind === "Secret")?.data?.OPENCLAW_GATEWAY_TOKEN;
  if (marks === undefined || podUid === undefined || address === undefined || token === undefined) {
    return undefined;
  }
  return { marks, podUid, address, gatewayToken: Buffer.from(token, "base64").toString() };
}
