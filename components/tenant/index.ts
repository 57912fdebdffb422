import * as pulumi from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random";
import type { Tenant } from "../../tenants/schema.ts";
import { KubernetesObject } from "../kubernetesObject.ts";
import { namespaceName, objectNames, tenantHost } from "../names.ts";
import type { PlatformFacts } from "../platform/facts.ts";
import { type Registering, registered } from "../registration.ts";
import { withoutStackTraces } from "../stackTraces.ts";
import { configChecksum, configSpec, configText } from "./config.ts";
import { credentialBytes, credentialsData, credentialsSpec, deriveCredential } from "./credentials.ts";
import { type IdentityOf, noIdentity, type WorkloadIdentity } from "./identity.ts";
import { ingressSpec } from "./ingress.ts";
import { limitRangeSpec } from "./limitRange.ts";
import { namespaceSpec } from "./namespace.ts";
import { networkPolicySpec } from "./networkPolicy.ts";
import { openclawConfig } from "./openclawConfig.ts";
import { quotaSpec } from "./quota.ts";
import { isDataProtected } from "./retention.ts";
import { serviceSpec } from "./service.ts";
import { serviceAccountSpec } from "./serviceAccount.ts";
import { volumeClaimSpec } from "./volumeClaim.ts";
import { deploymentSpec, type InstanceSettings } from "./workload.ts";

export type { InstanceSettings } from "./workload.ts";

export interface TenantArgs {
  readonly tenant: Tenant;
  readonly platform: PlatformFacts;
  readonly instance: InstanceSettings;
  /** The day, YYYY-MM-DD, that retention dates are compared with. */
  readonly today: string;
  /** Gives the tenant an identity in the cloud; without it the tenant is nobody there. */
  readonly identityOf?: IdentityOf | undefined;
}

/**
 * One tenant with a namespace and a gateway of its own.
 *
 * What exists in which state:
 *
 * | | active | suspended | offboarded |
 * |---|---|---|---|
 * | namespace, quota, limits, network policy | yes | yes | yes |
 * | volume claim | yes | yes | yes, until the retention date |
 * | credentials, identity in the cloud, service account, configuration, Deployment, Service | yes | yes, no replica | no |
 * | Ingress | yes | no | no |
 */
export class TenantComponent extends pulumi.ComponentResource implements Registering {
  readonly tenant: Tenant;
  readonly namespace: string;
  readonly url: string;
  readonly state: Tenant["state"];
  readonly plan: Tenant["plan"];
  /** Names of the objects inside the namespace. */
  readonly resourceNames: typeof objectNames = objectNames;
  /** What opens the gateway (in trusted-proxy mode: its command line only). A secret; absent once offboarded. */
  readonly gatewayToken: pulumi.Output<string> | undefined;
  /** Whether the engine refuses to delete the namespace and the volume claim. */
  readonly dataProtected: boolean;
  /** When everything is registered but the Deployment: the next tenant need not wait for this one's pod. */
  readonly settled: Promise<unknown>;

  private readonly args: TenantArgs;
  private readonly host: string;
  private readonly identity: WorkloadIdentity;
  private readonly children: pulumi.Resource[] = [];

  constructor(name: string, args: TenantArgs, opts: pulumi.ComponentResourceOptions) {
    super("openclaw:tenant:Tenant", name, {}, opts);
    this.args = args;
    const { tenant, platform } = args;
    this.tenant = tenant;
    this.host = tenantHost(tenant, platform.domain);
    this.namespace = namespaceName(tenant.id);
    this.url = `https://${this.host}`;
    this.state = tenant.state;
    this.plan = tenant.plan;
    this.dataProtected = isDataProtected(tenant, args.today);

    this.identity =
      tenant.state === "offboarded"
        ? noIdentity
        : (args.identityOf?.(tenant, { parent: this }) ?? noIdentity);
    const wall = this.createWall();
    const claim = this.createVolumeClaim(wall);
    this.gatewayToken = tenant.state === "offboarded" ? undefined : this.createInstance(wall, claim);
    if (tenant.state === "active") {
      this.child("ingress", ingressSpec(tenant, this.host, platform.edge), { deletedWith: wall.namespace });
    }

    this.settled = registered(this.children);
    this.registerOutputs({ namespace: this.namespace, url: this.url, state: this.state, plan: this.plan });
  }

  /** The namespace and what bounds everything in it; it stays as long as the tenant's data does. */
  private createWall() {
    const { tenant, platform } = this.args;
    const namespace = this.child(
      "namespace",
      namespaceSpec(tenant, this.host, this.identity),
      this.dataOptions(),
    );
    const inside = { deletedWith: namespace };
    return {
      namespace,
      quota: this.child("quota", quotaSpec(tenant), inside),
      limitRange: this.child("limits", limitRangeSpec(tenant), inside),
      networkPolicy: this.child("network-policy", networkPolicySpec(tenant, platform), inside),
    };
  }

  private createVolumeClaim(wall: Wall): KubernetesObject {
    const { tenant, instance } = this.args;
    return this.child("data", volumeClaimSpec(tenant, instance.storageClass), {
      ...this.dataOptions(),
      deletedWith: wall.namespace,
      // A larger plan's claim fits only once its quota and limits do.
      dependsOn: [wall.quota, wall.limitRange],
    });
  }

  private createInstance(wall: Wall, claim: KubernetesObject): pulumi.Output<string> {
    const { tenant, instance, platform } = this.args;
    const inside = { deletedWith: wall.namespace };
    const root = withoutStackTraces(
      () =>
        new RandomBytes(
          `${tenant.id}-credential-root`,
          { length: credentialBytes, keepers: { keyEpoch: `${tenant.keyEpoch}` } },
          { parent: this },
        ),
    );
    const config = configText(openclawConfig(tenant, this.host, platform));

    const credentials = this.child(
      "credentials",
      { ...credentialsSpec(tenant), data: root.base64.apply((bytes) => credentialsData(tenant, bytes)) },
      inside,
    );
    const configMap = this.child("config", configSpec(tenant, config), inside);
    const serviceAccount = this.child("service-account", serviceAccountSpec(tenant, this.identity), inside);
    this.create("deployment", deploymentSpec(tenant, instance, platform.edge, configChecksum(config)), {
      ...inside,
      // No pod runs before the wall around it stands (the claim waits for quota and limits), nor before what it
      // reads at its start is there.
      dependsOn: [wall.networkPolicy, claim, credentials, configMap, serviceAccount],
    });
    this.child("service", serviceSpec(tenant), inside);

    return root.base64.apply((bytes) => deriveCredential(bytes, tenant.id, "gateway"));
  }

  /** One deleted line must not delete a customer: what holds data is protected, and outlives its resource. */
  private dataOptions(): pulumi.CustomResourceOptions {
    return { protect: this.dataProtected, retainOnDelete: true };
  }

  private child(...args: Parameters<typeof this.create>): KubernetesObject {
    const object = this.create(...args);
    this.children.push(object);
    return object;
  }

  private create(
    suffix: string,
    manifest: ConstructorParameters<typeof KubernetesObject>[1],
    opts: pulumi.CustomResourceOptions,
  ): KubernetesObject {
    return KubernetesObject.register(`${this.tenant.id}-${suffix}`, manifest, { ...opts, parent: this });
  }
}

type Wall = Readonly<Record<"namespace" | "quota" | "limitRange" | "networkPolicy", KubernetesObject>>;
