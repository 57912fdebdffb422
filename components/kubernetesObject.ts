import * as pulumi from "@pulumi/pulumi";
import { withoutStackTraces } from "./stackTraces.ts";

/** A Kubernetes object as plain data: what the pure spec functions return and tests compare. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** A manifest with annotations whose values an update may learn only while it runs. */
export const annotated = <M extends Manifest>(
  manifest: M,
  annotations: Readonly<Record<string, pulumi.Input<string>>>,
) => ({
  ...manifest,
  metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, ...annotations } },
});

/** The input of {@link KubernetesObject}: a manifest, or one of {@link annotated}. */
export interface ManifestInput extends Omit<Manifest, "metadata"> {
  readonly metadata: Omit<Manifest["metadata"], "annotations"> & {
    readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
  };
}

/**
 * One of @pulumi/kubernetes' input types with every Input unwrapped and its identity required:
 * `ManifestOf<k8s.types.input.apps.v1.Deployment>`.
 */
export type ManifestOf<T> = pulumi.Unwrap<T> & Manifest;

/**
 * Tells the provider not to wait for this object. Only for what says nothing more than the Deployment's readiness (a
 * Service costs a flat 10 s, an Ingress up to 10 min for a load balancer's address, a claim that outlived its resource
 * 5 min), and for a Deployment that is to run nothing: it would be waited for until its claim is bound, which on a cloud
 * happens with the first pod.
 */
export const skipAwait = { "pulumi.com/skipAwait": "true" } as const;

/**
 * Tells the provider what to wait for of a Deployment of one replica and strategy Recreate, in place of its own rules. By
 * those the official plugin may take the former ReplicaSet, which has been scaled to none, for the new one, and call an
 * update ready while no pod runs. `updatedReplicas` counts pods of the new template alone, and there are none before the
 * former pod has ended. Source: pulumi-kubernetes, `pulumi.com/waitFor`; each jsonpath waits for observedGeneration first.
 */
export const waitForOnePod = {
  "pulumi.com/waitFor": JSON.stringify([
    "jsonpath={.status.updatedReplicas}=1",
    "jsonpath={.status.readyReplicas}=1",
  ]),
} as const;

/** Tells the provider to make a Job anew that did not complete: what failed is tried again by the next update. */
export const replaceUnready = { "pulumi.com/replaceUnready": "true" } as const;

/** The resource type @pulumi/kubernetes gives an object: `v1` is the group `core`. */
export function typeToken(manifest: Pick<Manifest, "apiVersion" | "kind">): string {
  const groupVersion = manifest.apiVersion.includes("/")
    ? manifest.apiVersion
    : `core/${manifest.apiVersion}`;
  return `kubernetes:${groupVersion}:${manifest.kind}`;
}

/**
 * A Kubernetes object, registered under the type of its @pulumi/kubernetes class from its manifest alone.
 *
 * The classes themselves are left out on purpose: each fills in every property its kind could have, and the SDK
 * makes five promises for every one of them. docs/performance.md has what it saves.
 */
export class KubernetesObject extends pulumi.CustomResource {
  static register(...args: ConstructorParameters<typeof KubernetesObject>): KubernetesObject {
    return withoutStackTraces(() => new KubernetesObject(...args));
  }

  /** @param keepsSpec whether {@link liveSpec} may be asked */
  constructor(
    name: string,
    manifest: pulumi.Inputs & ManifestInput,
    opts: pulumi.CustomResourceOptions,
    keepsSpec = false,
  ) {
    super(typeToken(manifest), name, withFieldManager(manifest, `openclaw-${pulumi.getStack()}`), opts);
    // The outputs the SDK made for the manifest: nobody reads them, and they are half of what the program holds.
    for (const property of Object.keys(manifest).filter((key) => !(keepsSpec && key === "spec"))) {
      Reflect.deleteProperty(this, property);
    }
  }

  /** The object's `spec` as the API server has it: for what it alone determines, such as a Service's address. */
  liveSpec(): pulumi.Output<unknown> {
    return pulumi.output(Reflect.get(this, "spec"));
  }
}

/**
 * Names the stack as the manager of the fields it applies. Left alone the provider makes up a name for every
 * resource, and a run killed before it saved that name leaves fields behind that the next run's name conflicts with.
 *
 * What somebody else changed by hand, with whatever tool, is taken back by force. What belongs to another stack is not there
 * to be taken: preflight/takeover.ts has refused it, and a guardrail keeps a tenant's namespace from changing its owner.
 */
export function withFieldManager<M extends ManifestInput>(manifest: M, manager: string): M {
  const annotations = {
    ...manifest.metadata.annotations,
    "pulumi.com/patchFieldManager": manager,
    "pulumi.com/patchForce": "true",
  };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
