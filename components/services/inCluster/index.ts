import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../../kubernetesObject.ts";
import type { MarkingOwner } from "../../ownerMark.ts";
import { rootLength } from "../../randomRoot.ts";
import { adminSecretName, tlsSecretName, tlsSecretSpec } from "../adminSecret.ts";
import { type CacheFacts, redisPort } from "../cache.ts";
import { adminPasswordSuffix, ServicesComponent } from "../component.ts";
import { type DatabaseFacts, databaseAdmin, databaseName, postgresPort } from "../database.ts";
import { type ServiceImages, serviceImages } from "../images.ts";
import { type ObjectStoreFacts, objectStoreAdminPort, objectStorePort } from "../objectStore.ts";
import type { ProvisioningFacts } from "../provisioning.ts";
import type { SharedServices } from "../sharedServices.ts";
import { cacheAdministrator, cacheService, cacheWorkload } from "./cache.ts";
import { clusterSpec, operatorNetworkPolicySpec, writableService } from "./cloudNativePg.ts";
import { databaseService, databaseWorkload } from "./database.ts";
import { objectStoreKeyId, objectStoreService, objectStoreWorkload } from "./objectStore.ts";
import type { InClusterSettings } from "./settings.ts";
import { CertificateAuthority, serviceHost } from "./tls.ts";
import {
  podDisruptionBudgetSpec,
  type ServiceWorkload,
  scriptsSpec,
  serviceSpec,
  startChecksum,
  statefulSetAround,
} from "./workload.ts";

/** The end of the name of what the certificate authority is derived from. */
const tlsRoot = "tls-root";

const random = {
  [tlsRoot]: { length: rootLength },
  ...Object.fromEntries(
    [databaseService, cacheService, objectStoreService].map((service) => [
      adminPasswordSuffix(service),
      { length: 32 },
    ]),
  ),
};

export interface InClusterServicesArgs {
  readonly settings: InClusterSettings;
  readonly owner: MarkingOwner;
}

/**
 * PostgreSQL, Valkey and an S3 server as StatefulSets of one replica. Their volumes outlive them: a StatefulSet leaves
 * its claims, and the namespace is protected.
 */
export class InClusterServices extends ServicesComponent implements SharedServices {
  readonly kind = "inCluster";
  readonly database: pulumi.Output<DatabaseFacts>;
  readonly cache: pulumi.Output<CacheFacts>;
  readonly objectStore: pulumi.Output<ObjectStoreFacts>;
  readonly provisioning: pulumi.Output<ProvisioningFacts>;

  /** The services' own certificate authority. */
  private readonly authority: pulumi.Output<CertificateAuthority>;

  constructor(
    name: string,
    { settings, owner }: InClusterServicesArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const images = serviceImages(settings);
    super("openclaw:platform:InClusterServices", name, { networks: [], random, owner }, opts);
    this.authority = this.randomValue(tlsRoot).apply((root) => CertificateAuthority.of(root));
    this.provisioning = this.provisioningScripts(images, this.caCertificate());
    this.database = this.createDatabase(settings, images);
    this.cache = this.createCache(settings, images);
    this.objectStore = this.createObjectStore(settings, images);
    const { kind, namespace, database, cache, objectStore } = this;
    this.registerOutputs({ kind, namespace, database, cache, objectStore });
  }

  private createDatabase(settings: InClusterSettings, images: ServiceImages): pulumi.Output<DatabaseFacts> {
    const isOperated = settings.database.operator !== undefined;
    const { secret } = this.administrator(
      databaseService,
      (password) => ({ username: databaseAdmin, password }),
      isOperated ? "kubernetes.io/basic-auth" : "Opaque",
    );
    const workload = databaseWorkload(settings, images.database, tlsSecretName(databaseService));
    const reached = isOperated ? this.operate(settings, secret) : this.run(workload, postgresPort, secret);
    const facts = { ...reached, name: databaseName };
    return this.caCertificate().apply((caCertificate) => ({ ...facts, caCertificate }));
  }

  /** PostgreSQL by an operator. Its volumes go with the object, so the object does not go. */
  private operate(settings: InClusterSettings, secret: KubernetesObject) {
    const certificate = this.certificate(writableService, true);
    const policy = this.child("database-operator", operatorNetworkPolicySpec(settings));
    this.child(databaseService, clusterSpec(settings), {
      dependsOn: [secret, certificate, policy],
      protect: true,
      retainOnDelete: true,
    });
    const host = serviceHost(writableService);
    return { host, port: postgresPort, adminSecret: adminSecretName(databaseService), tls: true };
  }

  private createCache(settings: InClusterSettings, images: ServiceImages): pulumi.Output<CacheFacts> {
    const workload = cacheWorkload(settings, images.cache, tlsSecretName(cacheService));
    const secret = this.secret(cacheService, cacheAdministrator);
    const facts = { ...this.run(workload, redisPort, secret), tenantAccounts: true };
    return this.caCertificate().apply((caCertificate) => ({ ...facts, caCertificate }));
  }

  private createObjectStore(
    settings: InClusterSettings,
    images: ServiceImages,
  ): pulumi.Output<ObjectStoreFacts> {
    const workload = objectStoreWorkload(settings, images.objectStore, tlsSecretName(objectStoreService));
    const secret = this.secret(objectStoreService, (password) => ({
      accessKeyId: objectStoreKeyId,
      secretAccessKey: password,
    }));
    const { host, port, adminSecret } = this.run(workload, objectStorePort, secret);
    const facts = {
      endpoint: `https://${host}:${port}`,
      adminEndpoint: `https://${host}:${objectStoreAdminPort}`,
      region: "us-east-1",
      bucket: "openclaw",
      bucketPerTenant: true,
      pathStyle: true,
      adminSecret,
    };
    return this.caCertificate().apply((caCertificate) => ({ ...facts, caCertificate }));
  }

  /** A workload with its certificate and its Service, once its Secrets are there; and how it is reached. */
  private run(workload: ServiceWorkload, port: number, secret: KubernetesObject) {
    const certificate = this.certificate(workload.name);
    const scripts = scriptsSpec(workload);
    const mounted = scripts === undefined ? [] : [this.child(`${workload.name}-scripts`, scripts)];
    const manifest = statefulSetAround(
      workload,
      this.caCertificate().apply((authority) => startChecksum(workload, authority)),
    );
    this.child(workload.name, manifest, { dependsOn: [secret, certificate, ...mounted] });
    this.child(`${workload.name}-service`, serviceSpec(workload));
    this.child(`${workload.name}-disruption`, podDisruptionBudgetSpec(workload));
    const host = serviceHost(workload.name);
    return { host, port, adminSecret: adminSecretName(workload.name), tls: true };
  }

  /** The Secret with a service's certificate. */
  private certificate(service: string, isReloaded = false): KubernetesObject {
    const data = this.authority.apply((authority) => authority.issue(service)).apply((tls) => ({ ...tls }));
    return this.child(`${service}-tls`, tlsSecretSpec(service, data, isReloaded));
  }

  /** PEM, and public: what the services' clients verify them with. */
  private caCertificate(): pulumi.Output<string> {
    return pulumi.unsecret(this.authority.apply(({ certificate }) => certificate));
  }

  private secret(
    service: string,
    data: (password: string) => Readonly<Record<string, string>>,
  ): KubernetesObject {
    return this.administrator(service, data).secret;
  }
}
