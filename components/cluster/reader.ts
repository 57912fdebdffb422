import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesObject } from "@kubernetes/client-node";
import { knownValue } from "../knownValue.ts";
import { refusal } from "../refusal.ts";
import type { Cluster } from "./cluster.ts";

/** The program's own queries of the API server, before it registers any object. */
export interface ClusterReader {
  /** @returns `undefined` if there is no such object */
  namespace(name: string): Promise<FoundObject | undefined>;
  /** @returns `undefined` if there is no such object */
  claim(namespace: string, name: string): Promise<FoundClaim | undefined>;
  /** The Secret without its data. @returns `undefined` if there is no such object */
  secret(namespace: string, name: string): Promise<FoundObject | undefined>;
  /** @returns `undefined` if there is no such class */
  storageClass(name: string): Promise<FoundStorageClass | undefined>;
}

/** An object's owner marks, and whether it is being deleted. */
export interface FoundObject {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601, of an object that is being deleted. */
  readonly deletedAt?: string;
}

export interface FoundClaim extends FoundObject {
  readonly storageClass?: string;
  /** Bytes that the claim asks for. */
  readonly storage?: number;
}

export interface FoundStorageClass {
  readonly allowVolumeExpansion: boolean;
}

/** A cluster with nothing in it. */
export const emptyCluster: ClusterReader = {
  namespace: async () => undefined,
  claim: async () => undefined,
  secret: async () => undefined,
  storageClass: async () => undefined,
};

/** There is no way to the API server, so that nobody knows what it would answer. */
export class ClusterUnreachable extends Error {}

const mustBeKnown = "What is there already must be known before anything is made. Nothing was changed.";

type ReaderOf = (cluster: Cluster) => Promise<ClusterReader | undefined>;

let replacement: ReaderOf | undefined;

/** Puts another reader in place of the API server's, or that one back: for programs under mocks, which have no cluster. */
export function useClusterReader(reader: ReaderOf | undefined): void {
  replacement = reader;
}

/**
 * The reader of a cluster.
 *
 * @returns `undefined` in a preview before the cluster is made: there is nothing in it
 * @throws pulumi.RunError if there is no way to it
 */
export const clusterReader: ReaderOf = (cluster) => (replacement ?? apiServerReader)(cluster);

/** Seconds for one answer of the API server. */
const timeoutSeconds = 30;

const apiServerReader: ReaderOf = async (cluster) => {
  const connection = await knownValue(cluster.connection);
  const kubeconfig = cluster.kubeconfig === undefined ? undefined : await knownValue(cluster.kubeconfig);
  if (connection === undefined || (connection.kind !== "existing" && kubeconfig === undefined)) {
    return undefined;
  }
  // Takes a third of a second to load.
  const { ApiException, CoreV1Api, KubeConfig, StorageV1Api } = await import("@kubernetes/client-node");
  const { quantityToScalar } = await import("@kubernetes/client-node/dist/util.js");
  const config = new KubeConfig();
  if (kubeconfig === undefined) {
    config.loadFromDefault();
  } else {
    config.loadFromString(kubeconfig);
  }
  if (connection.kind === "existing") {
    if (config.getContextObject(connection.context) === null) {
      throw refusal(
        `The kubeconfig has no context ${connection.context}, which openclaw:cluster names: KUBECONFIG, or ~/.kube/config. Nothing was changed.`,
      );
    }
    config.setCurrentContext(connection.context);
  }
  const [core, storage] = [config.makeApiClient(CoreV1Api), config.makeApiClient(StorageV1Api)];

  const ask = async <T>(what: string, request: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await inTime(request());
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) {
        return undefined;
      }
      const text = `The cluster ${cluster.name} was asked for ${what}`;
      throw error instanceof ApiException
        ? refusal(`${text} and refused: ${reasonOf(error)}\n${mustBeKnown}`)
        : new ClusterUnreachable(`${text} and cannot be reached: ${reasonOf(error)}`);
    }
  };
  return {
    async namespace(name) {
      const found = await ask(`the Namespace ${name}`, () => core.readNamespace({ name }));
      return found && foundObject(found);
    },
    async claim(namespace, name) {
      const found = await ask(`the PersistentVolumeClaim ${namespace}/${name}`, () =>
        core.readNamespacedPersistentVolumeClaim({ namespace, name }),
      );
      const { storageClassName, resources } = found?.spec ?? {};
      const storage = resources?.requests?.storage;
      return (
        found && {
          ...foundObject(found),
          ...(storageClassName === undefined ? {} : { storageClass: storageClassName }),
          ...(storage === undefined ? {} : { storage: Number(quantityToScalar(storage)) }),
        }
      );
    },
    async secret(namespace, name) {
      const found = await ask(`the Secret ${namespace}/${name}`, () =>
        core.readNamespacedSecret({ namespace, name }),
      );
      return found && foundObject(found);
    },
    async storageClass(name) {
      const found = await ask(`the StorageClass ${name}`, () => storage.readStorageClass({ name }));
      return found && { allowVolumeExpansion: found.allowVolumeExpansion ?? false };
    },
  };
};

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = new AbortController();
  const tooLate = sleep(timeoutSeconds * 1000, undefined, { signal: late.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${timeoutSeconds} s`);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    late.abort();
    tooLate.catch(() => {});
  }
}

function foundObject({ metadata }: KubernetesObject): FoundObject {
  const { labels = {}, annotations = {}, deletionTimestamp } = metadata ?? {};
  return {
    labels,
    annotations,
    ...(deletionTimestamp === undefined ? {} : { deletedAt: deletionTimestamp.toISOString() }),
  };
}

/** The first line that says something: an API server's own message, or the network's. */
function reasonOf(error: unknown): string {
  const body: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "body") : undefined;
  const message = messageOf(body) ?? messageOf(error) ?? String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${message.split("\n")[0]}${cause}`;
}

/** The message of an error, or of a Status as the client hands it on: parsed, or as its JSON. */
function messageOf(value: unknown): string | undefined {
  if (typeof value === "string") {
    try {
      return messageOf(JSON.parse(value));
    } catch {
      return value;
    }
  }
  const message: unknown =
    typeof value === "object" && value !== null ? Reflect.get(value, "message") : undefined;
  return typeof message === "string" && message !== "" ? message : undefined;
}
