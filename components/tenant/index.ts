import * as pulumi from "@pulumi/pulumi";
import { plans } from "../../tenants/plans.ts";
import { isDataProtected } from "../../tenants/retention.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { backupCronJob, backupCronJobSpec, finalBackupJob, finalBackupJobSpec } from "../backup/backup.ts";
import { backupCredentials } from "../backup/repository.ts";
import type { BackupSchedule } from "../backup/schedule.ts";
import { type IdentityOf, noIdentity, type WorkloadIdentity } from "../identity/identity.ts";
import { deriveCredential, rootFingerprint, tenantIncarnation } from "../instance/derivation.ts";
import { type GatewaySettings, timeZoneOf } from "../instance/settings.ts";
import { annotated, KubernetesObject, type Manifest } from "../kubernetesObject.ts";
import { annotationKeys } from "../labels.ts";
import { namespaceName, objectNames, publicOrigin, tenantHost } from "../names.ts";
import type { MarkingOwner } from "../ownerMark.ts";
import { acceptance } from "../platform/edge/conditions.ts";
import type { PlatformFacts } from "../platform/facts.ts";
import type { TenantRecord } from "../preflight/lastUpdate.ts";
import { randomRoot } from "../randomRoot.ts";
import { type Registering, registered } from "../registration.ts";
import { base64Values } from "../secretData.ts";
import { accountSecretData, accountSecretSpec } from "../services/accounts/accountSecret.ts";
import { authorityOf, dataCredentials, dataEnvironment } from "../services/accounts/environment.ts";
import { accountsJob, accountsJobAround, accountsPodSpec } from "../services/accounts/jobs.ts";
import { retireBindingSpec, retireJobSpec } from "../services/accounts/retire.ts";
import type { ServiceFacts } from "../services/sharedServices.ts";
import { configChecksum, configData, configSpec, configText } from "./config.ts";
import { credentials, credentialsSpec } from "./credentials.ts";
import { refuseAnotherKey } from "./formerKey.ts";
import { ingressSpec } from "./ingress.ts";
import { limitRangeSpec } from "./limitRange.ts";
import { namespaceSpec } from "./namespace.ts";
import { networkPolicySpec, type ServicePlaces } from "./networkPolicy.ts";
import { openclawConfig } from "./openclawConfig.ts";
import { quotaSpec } from "./quota.ts";
import { backendSpec, httpRouteSpec, listenerSetSpec } from "./route.ts";
import { clusterAddress, serviceSpec } from "./service.ts";
import { serviceAccountSpec } from "./serviceAccount.ts";
import { volumeClaimSpec } from "./volumeClaim.ts";
import { deploymentAround, gatewayPodSpec } from "./workload.ts";

export interface TenantArgs {
  readonly tenant: Tenant;
  readonly platform: PlatformFacts;
  /** What the tenant's route waits for, where this stack makes the edge. */
  readonly edgeReady?: pulumi.Resource | undefined;
  /** Addresses and names of the shared services. */
  readonly services: ServicePlaces;
  /** The same services, with what is known of them only once they are made. */
  readonly serviceFacts: pulumi.Output<ServiceFacts>;
  readonly instance: GatewaySettings;
  readonly backup: BackupSchedule;
  /** The tenant's owner, for the marks on objects that outlive their resources. */
  readonly owner: MarkingOwner;
  /** Storage class of its claim; the cluster's default without it. */
  readonly storageClass: string | undefined;
  /** Whether what the shared services have of it may lack its mark: preflight/takeover.ts. */
  readonly adopted: boolean;
  /** Incarnation that the Secret of its accounts is of, where it is there and the last update did not know the tenant. */
  readonly formerIncarnation?: string | undefined;
  /** Whether this update offboards it: see isBeingOffboarded. */
  readonly finalBackup: boolean;
  /** The day, YYYY-MM-DD, that retention dates are compared with. */
  readonly today: string;
  /** Gives the tenant a cloud identity; without it the tenant has none. */
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
 * | accounts at the shared services, and what reads its backups | yes | yes, locked | yes, locked |
 * | credentials, identity in the cloud, service account, configuration, Deployment, Service | yes | yes, no replica | no |
 * | nightly backup | yes | yes, suspended | no, a final one before all this goes |
 * | route of an edge of kind ingress | yes | no | no |
 * | route of an edge of kind envoyGateway | yes | yes, to a page that says so | no |
 */
export class TenantComponent extends pulumi.ComponentResource implements Registering {
  readonly tenant: Tenant;
  readonly namespace: string;
  readonly url: string;
  readonly state: Tenant["state"];
  readonly plan: Tenant["plan"];
  /** Names of the objects inside the namespace. */
  readonly resourceNames: typeof objectNames = objectNames;
  /** The gateway's token (in trusted-proxy mode: of its command line only). A secret; absent once offboarded. */
  readonly gatewayToken: pulumi.Output<string> | undefined;
  /** The incarnation, which tells apart tenants that have had the same id. No secret. */
  readonly incarnation: pulumi.Output<string>;
  /** Whether the engine refuses to delete the namespace and the volume claim. */
  readonly dataProtected: boolean;
  /** The record for the next update: preflight/lastUpdate.ts. */
  readonly record: Recording;
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
    this.url = publicOrigin(this.host, platform.publicPort);
    this.state = tenant.state;
    this.plan = tenant.plan;
    this.dataProtected = isDataProtected(tenant, args.today);

    this.identity =
      tenant.state === "offboarded"
        ? noIdentity
        : (args.identityOf?.(tenant, { parent: this }) ?? noIdentity);
    const root = tenant.state === "offboarded" ? undefined : this.createCredentialRoot();
    const backupRoot = this.createBackupRoot();
    this.incarnation = this.incarnationOf(backupRoot);
    const boundary = this.createBoundary(root);
    const claim = this.createVolumeClaim(boundary);
    const accounts = this.createAccounts(root?.result, backupRoot);
    const service =
      root === undefined ? undefined : this.createInstance(boundary, claim, root.result, accounts);
    if (service !== undefined) {
      this.createBackups(boundary);
      this.createRoute(boundary, service);
    } else if (args.finalBackup) {
      this.createFinalBackup();
    }
    this.record = {
      dataProtected: this.dataProtected,
      retainUntil: tenant.retainUntil,
      keyEpoch: tenant.keyEpoch,
      diskGiB: plans[tenant.plan].diskGiB,
      storageClass: args.storageClass ?? "",
      encryptedRoots: true,
      incarnation: this.incarnation,
      adopted: args.adopted,
    };
    this.gatewayToken = root?.result.apply((text) => deriveCredential(text, tenant.id, "gateway"));

    this.settled = registered(this.children);
    this.registerOutputs({ namespace: this.namespace, url: this.url, state: this.state, plan: this.plan });
  }

  /**
   * The isolation boundary: the namespace and the limits of everything in it. It exists as long as the tenant's data does.
   *
   * @param root a refused `destroy` keeps what a protected resource depends on: else the next update would make another
   */
  private createBoundary(root: pulumi.Resource | undefined) {
    const { tenant, platform, services } = this.args;
    const namespace = this.child("namespace", this.owned(namespaceSpec(tenant, this.host, this.identity)), {
      ...this.dataOptions(),
      dependsOn: root === undefined ? [] : [root],
    });
    const inside = { deletedWith: namespace };
    return {
      namespace,
      quota: this.child("quota", quotaSpec(tenant), inside),
      limitRange: this.child("limits", limitRangeSpec(tenant), inside),
      networkPolicy: this.child("network-policy", networkPolicySpec(tenant, platform, services), inside),
    };
  }

  private createVolumeClaim(boundary: Boundary): KubernetesObject {
    const { tenant, storageClass } = this.args;
    return this.child("data", this.owned(volumeClaimSpec(tenant, storageClass)), {
      ...this.dataOptions(),
      deletedWith: boundary.namespace,
      // A larger plan's claim fits only once its quota and limits do.
      dependsOn: [boundary.quota, boundary.limitRange],
    });
  }

  /** The root that every credential of the tenant is derived from; raising keyEpoch replaces it, and so all of them. */
  private createCredentialRoot(): RandomRoot {
    const { id, keyEpoch } = this.tenant;
    return randomRoot(`${id}-credential-root`, { parent: this }, { keyEpoch: `${keyEpoch}` });
  }

  /** The root that backups' credentials are derived from, for as long as the tenant exists. */
  private createBackupRoot(): pulumi.Output<string> {
    return randomRoot(`${this.tenant.id}-backup-root`, { ...this.dataOptions(), parent: this }).result;
  }

  /** @throws pulumi.RunError, once the root is known, if what is taken over has another key for its backups */
  private incarnationOf(backupRoot: pulumi.Output<string>): pulumi.Output<string> {
    const { id } = this.tenant;
    const { formerIncarnation } = this.args;
    const incarnation = backupRoot.apply((root) => {
      const own = tenantIncarnation(root, id);
      refuseAnotherKey(id, formerIncarnation, own);
      return own;
    });
    return pulumi.unsecret(incarnation);
  }

  /** The manifest with the marks of whose it is: for what outlives its resource. */
  private owned<M extends Manifest>(manifest: M) {
    const { owner, tenant } = this.args;
    return annotated(manifest, {
      [annotationKeys.ownedBy]: owner.mark,
      [annotationKeys.incarnation]: this.incarnation,
      ...(tenant.adopt === undefined ? {} : { [annotationKeys.adoptedFrom]: tenant.adopt.from }),
    });
  }

  /**
   * The tenant's credentials at the shared services, as data for Jobs, and the Job that applies them. Both exist in every
   * state: accounts must be locked, and backups readable, when the tenant has gone.
   */
  private createAccounts(
    root: pulumi.Output<string> | undefined,
    backupRoot: pulumi.Output<string>,
  ): Accounts {
    const { tenant, adopted } = this.args;
    const roots = pulumi.all([root ?? backupRoot, backupRoot]);
    const secret = this.child(
      "accounts",
      {
        ...this.owned(accountSecretSpec(tenant)),
        data: roots.apply(([own, ofBackups]) => accountSecretData(tenant, own, ofBackups)),
      },
      { retainOnDelete: true },
    );
    const fingerprints = roots.apply((each) => each.map((one) => rootFingerprint(one, tenant.id)).join("."));
    const annotations = {
      [annotationKeys.roots]: pulumi.unsecret(fingerprints),
      [annotationKeys.incarnation]: this.incarnation,
    };
    const pod = this.args.serviceFacts.apply((facts) => accountsPodSpec("provision", tenant, facts, adopted));
    const spec = accountsJobAround(tenant, pod, annotations);
    const job = { ...accountsJob("provision", tenant), spec };
    return { backupRoot, provisioned: this.create("provision", job, { dependsOn: secret }) };
  }

  private createInstance(
    boundary: Boundary,
    claim: KubernetesObject,
    root: pulumi.Output<string>,
    accounts: Accounts,
  ): KubernetesObject {
    const { tenant, instance, platform, serviceFacts } = this.args;
    const inside = { deletedWith: boundary.namespace };
    const config = configText(openclawConfig(tenant, this.host, platform, timeZoneOf(tenant, instance)));

    const data = pulumi.all([root, accounts.backupRoot, serviceFacts]).apply(([own, ofBackups, facts]) =>
      base64Values({
        ...credentials(tenant, own),
        ...dataCredentials(tenant, facts, own),
        ...backupCredentials(tenant, ofBackups),
      }),
    );
    const secret = this.child("credentials", { ...credentialsSpec(tenant), data }, inside);
    const files = serviceFacts.apply((facts) => configData(config, authorityOf(facts)));
    const configMap = this.child("config", { ...configSpec(tenant), data: files }, inside);
    const serviceAccount = this.child("service-account", serviceAccountSpec(tenant, this.identity), inside);
    const pod = serviceFacts.apply((facts) =>
      gatewayPodSpec(tenant, instance, platform.edge, dataEnvironment(tenant, facts)),
    );
    const annotations = {
      [annotationKeys.configChecksum]: serviceFacts.apply((facts) =>
        configChecksum(config, authorityOf(facts)),
      ),
      [annotationKeys.roots]: pulumi.unsecret(root.apply((text) => rootFingerprint(text, tenant.id))),
    };
    const workload = this.create("deployment", deploymentAround(tenant, pod, annotations), {
      ...inside,
      // No pod runs before its isolation boundary exists (the claim waits for quota and limits), nor before what it
      // reads at its start is there and what it logs in to knows it.
      dependsOn: [
        ...[boundary.networkPolicy, claim, secret, configMap, serviceAccount],
        ...(tenant.dataServices ? [accounts.provisioned] : []),
      ],
    });
    const service = this.child("service", serviceSpec(tenant), inside, platform.edge.kind === "envoyGateway");
    if (tenant.keyEpoch > 1) {
      this.createRetirement(boundary, [accounts.provisioned, workload]);
    }
    return service;
  }

  /** The way in from the edge. */
  private createRoute(boundary: Boundary, service: KubernetesObject): void {
    const { tenant, platform } = this.args;
    const { edge } = platform;
    if (edge.kind === "ingress") {
      if (tenant.state === "active") {
        this.child("ingress", ingressSpec(tenant, this.host, edge), { deletedWith: boundary.namespace });
      }
      return;
    }
    const { namespace } = edge;
    const { host } = tenant;
    const taken = (...after: readonly pulumi.Resource[]) => ({
      ...acceptance,
      dependsOn: [...after, ...(this.args.edgeReady === undefined ? [] : [this.args.edgeReady])],
    });
    const address = service.liveSpec().apply(clusterAddress);
    const backend = tenant.state === "active" && backendSpec(tenant, namespace, address);
    const listener = host !== undefined && listenerSetSpec({ ...tenant, host }, namespace);
    this.create(
      "route",
      httpRouteSpec(tenant, this.host, namespace),
      taken(
        ...(backend ? [this.child("backend", backend, {})] : []),
        ...(listener ? [this.create("listener", listener, taken())] : []),
      ),
    );
  }

  /** Ends the credentials of former epochs. It looks itself whether the tenant runs with this one's. */
  private createRetirement(boundary: Boundary, after: readonly pulumi.Resource[]): void {
    const { tenant, instance, serviceFacts } = this.args;
    const rights = this.child("retire-rights", retireBindingSpec(tenant), {
      deletedWith: boundary.namespace,
    });
    const spec = serviceFacts.apply((facts) => retireJobSpec(tenant, facts, instance));
    this.create("retire", { ...accountsJob("retire", tenant), spec }, { dependsOn: [...after, rights] });
  }

  private createBackups(boundary: Boundary): void {
    const { tenant, instance, serviceFacts, backup } = this.args;
    const spec = serviceFacts.apply((services) => backupCronJobSpec({ tenant, instance, services }, backup));
    this.child("backup", { ...backupCronJob(tenant), spec }, { deletedWith: boundary.namespace });
  }

  /** Before anything is removed: the engine deletes last, and not at all if this fails. */
  private createFinalBackup(): void {
    const { tenant, instance, serviceFacts } = this.args;
    const spec = serviceFacts.apply((services) => finalBackupJobSpec({ tenant, instance, services }));
    this.create("final-backup", { ...finalBackupJob(tenant), spec }, {});
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
    keepsSpec?: boolean,
  ): KubernetesObject {
    const name = `${this.tenant.id}-${suffix}`;
    return KubernetesObject.register(name, manifest, { ...opts, parent: this }, keepsSpec);
  }
}

/** A record of which a value is known once it is made. */
type Recording = { readonly [Key in keyof Omit<TenantRecord, "state">]: pulumi.Input<TenantRecord[Key]> };

type RandomRoot = ReturnType<typeof randomRoot>;

type Boundary = Readonly<Record<"namespace" | "quota" | "limitRange" | "networkPolicy", KubernetesObject>>;

interface Accounts {
  /** The root that the backups' credentials are derived from. */
  readonly backupRoot: pulumi.Output<string>;
  /** Done once the shared services know this epoch's credentials. */
  readonly provisioned: pulumi.Resource;
}
