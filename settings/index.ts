import { existsSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { backupScheduleSchema } from "../components/backup/schedule.ts";
import { clusterConnectionSchema } from "../components/cluster/connection.ts";
import { clusterSettingsSchema } from "../components/cluster/index.ts";
import type { GatewaySettings } from "../components/instance/settings.ts";
import { isPinned } from "../components/pinnedImage.ts";
import { gatewaySettingsSchema } from "../components/platform/edge/settings.ts";
import { defaultPublicPort, defaultUserHeader } from "../components/platform/facts.ts";
import { edgeKinds, platformFactsSchema } from "../components/platform/stackReference.ts";
import { refusal } from "../components/refusal.ts";
import { clusterKindOfServices, servicesSettingsSchema } from "../components/services/sharedServices.ts";
import { containsNetwork } from "../lib/cidr.ts";
import { repository } from "../lib/system/paths.ts";
import { printable } from "../lib/text.ts";
import { maxIdLength } from "../tenants/ids.ts";
import { assertCellSize, loadTenants, TenantFilesError } from "../tenants/load.ts";
import { adoptionSchema, type Tenant } from "../tenants/schema.ts";
import { timeZoneSchema } from "../tenants/timeZones.ts";
import { neighbourhood } from "./neighbours.ts";
import { parseValue, placeholders, type SettingProblem, textValue } from "./values.ts";

/**
 * The stack's configuration, validated. The only place that reads pulumi.Config, and the only one that reads the
 * clock: whatever else the program needs to know is handed down from here as plain values.
 *
 * Every key stands in Pulumi.yaml with its description and default; test/unit/settings.test.ts keeps the two equal.
 */

const cidr = z.union([z.cidrv4(), z.cidrv6()]);
const dnsName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/);
/** HTTP/2 has names of headers in lower case alone, and proxies drop those with an underscore. */
const headerName = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
  error: "must be the name of a header in lower case, such as x-forwarded-user",
});
const port = z.int().min(1).max(65_535);
const label = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

/** `organization/project/stack`, or the last part or two of it, in the characters that Pulumi allows. */
const stackName = z.string().regex(/^[\w.-]+(\/[\w.-]+){0,2}$/, {
  error: "must be the name of a stack, organization/project/stack",
});

/** Settings of every instance of the stack. */
const instanceSchema = z.strictObject({
  /** The OpenClaw image, pinned. @example ghcr.io/openclaw/openclaw:2026.9.6 */
  image: z.string().refine(isPinned, {
    error: "must be pinned by a version or a digest, e.g. ghcr.io/openclaw/openclaw:2026.9.6",
  }),
  /** StorageClass of new tenants' volumes. @default the cluster's own default class */
  storageClass: dnsName.optional(),
  /** RuntimeClass of the pods, for a sandboxed container runtime. @default the node's own @example gvisor */
  runtimeClass: dnsName.optional(),
  /** Time zone of tenants whose file names no other. @default backup.timeZone @example Asia/Shanghai */
  timeZone: timeZoneSchema.optional(),
});

/** The settings of every kind of edge. */
const edgeProxyShape = {
  namespace: label,
  proxyCidrs: z.array(cidr).min(1),
  /** Whether kubelets probe from addresses in proxyCidrs: {@link EdgeFacts}. @default true */
  proxiesIncludeNodes: z.boolean().default(true),
  /** Header that names the signed-in user. @default x-forwarded-user */
  userHeader: headerName.default(defaultUserHeader),
};

const commonShape = {
  /** Folder of the cell's tenant files, relative to the project. @default `tenants/<stack>` */
  tenants: z.string().min(1).optional(),
  /** The most tenants that the cell may have: every one adds to the time of each update of the cell. @default 25 */
  maxTenants: z.int().min(1).max(1000).default(25),
  /** Whether `up --all-cells` and CI update this cell first, and the others only if it is healthy. @default false */
  canary: z.boolean().default(false),
  instance: instanceSchema,
  /** The part of the day in which tenants' backups run. */
  backup: backupScheduleSchema,
  /** The day that retention dates are compared with, YYYY-MM-DD. @default today in UTC @example 2027-06-01 */
  today: z.iso.date().optional(),
};

/** A stack that owns the platform: alone, or together with the tenants of a fleet's only cell. */
export const ownerSchema = z
  .strictObject({
    ...commonShape,
    cluster: clusterSettingsSchema,
    platform: platformFactsSchema.strict().extend({
      /** The domain of tenants, each at `<id>.<domain>`, which must be a DNS name. @example openclaw.example */
      domain: dnsName.max(253 - maxIdLength - 1),
      /** Port of the edge as browsers reach it by https. @default 443 */
      publicPort: port.default(defaultPublicPort),
      /** The edge. @default of kind ingress */
      edge: z.union([
        edgeKinds.ingress.strict().extend({ ...edgeProxyShape, ingressClass: dnsName }),
        edgeKinds.envoyGateway.strict().extend({ ...edgeProxyShape, gateway: gatewaySettingsSchema }),
      ]),
      modelGateway: platformFactsSchema.shape.modelGateway.strict().extend({
        namespace: label,
        port,
        url: z.url({ protocol: /^https?$/ }),
      }),
      /** DNS of the cluster. @default pods labelled k8s-app=kube-dns in kube-system, no node-local cache */
      dns: platformFactsSchema.shape.dns
        .strict()
        .extend({ namespace: label, nodeLocalCidrs: z.array(cidr).default([]) })
        .prefault({ namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } }),
    }),
    services: servicesSettingsSchema,
    /** Consent to take over a platform's namespaces that exist already: from which owner, to which. */
    adopt: adoptionSchema.optional(),
    guardrails: z.strictObject({
      /** Registries or repositories that pods of tenants may use images of. @example ["ghcr.io/openclaw"] */
      allowedRegistries: z.array(z.string().regex(/^[a-z0-9][-a-z0-9.:/_]*[a-z0-9]$/)).min(1),
      /** Users of Kubernetes that may change tenants' objects: whoever runs Pulumi. @example ["kubernetes-admin"] */
      deployers: z.array(z.string().min(1)).min(1),
    }),
  })
  .check(({ value: { cluster, services }, issues }) => {
    const wanted = clusterKindOfServices[services.kind];
    if (wanted !== undefined && cluster.kind !== wanted) {
      issues.push({
        code: "custom",
        input: services,
        path: ["services", "kind"],
        message: `${services.kind} stands beside a cluster of kind ${wanted}, and this one is ${cluster.kind}; inCluster is for any`,
      });
    }
  })
  .check(({ value: { cluster, platform }, issues }) => {
    const nodes = cluster.kind === "existing" ? [] : cluster.network.zones.map((zone) => zone.nodes);
    const { proxyCidrs, proxiesIncludeNodes } = platform.edge;
    const wrong = nodes.filter((network) => isAmong(proxyCidrs, network) !== proxiesIncludeNodes);
    if (wrong.length > 0) {
      issues.push({
        code: "custom",
        input: platform,
        path: ["platform", "edge", "proxiesIncludeNodes"],
        message: `must be ${!proxiesIncludeNodes}: nodes in ${wrong.join(", ")} probe pods from addresses that are ${proxiesIncludeNodes ? "not " : ""}in proxyCidrs`,
      });
    }
  })
  .check(({ value: { instance, guardrails }, issues }) => {
    if (!guardrails.allowedRegistries.some((registry) => instance.image.startsWith(`${registry}/`))) {
      issues.push({
        code: "custom",
        input: instance,
        path: ["instance", "image"],
        message: `${instance.image} is from none of guardrails.allowedRegistries, so no pod of it would be admitted`,
      });
    }
  });

/** Whether every address of an IPv4 network is in one of these networks. */
const isAmong = (cidrs: readonly string[], network: string): boolean =>
  cidrs.some((each) => !each.includes(":") && containsNetwork(each, network));

/** A cell whose platform another stack owns. */
export const cellSchema = z.strictObject({
  ...commonShape,
  /** The stack that owns the platform. @example organization/openclaw/ack-platform */
  platform: z.strictObject({ stack: stackName }),
  /** The way to the cluster. @default the one in the platform's stack */
  cluster: clusterConnectionSchema.optional(),
});

export const settingsKeys = Object.keys(ownerSchema.shape) as (keyof typeof ownerSchema.shape)[];

interface StackFacts {
  /** Name of the stack. */
  readonly stack: string;
  /** Absolute path of the folder of tenant files. */
  readonly tenants: string;
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly instance: GatewaySettings;
}

type With<T> = Omit<T, keyof StackFacts> & StackFacts;
export type OwnerSettings = With<z.infer<typeof ownerSchema>> & { readonly role: "owner" };
export type CellSettings = With<z.infer<typeof cellSchema>> & { readonly role: "cell" };
export type Settings = OwnerSettings | CellSettings;

/** @throws pulumi.RunError that lists every setting that is missing, unknown, wrong or still a placeholder. */
export function readSettings(): Settings {
  const config = new pulumi.Config("openclaw");
  const stack = pulumi.getStack();
  const values = Object.fromEntries(
    settingsKeys.map((key) => [key, (isText(key) ? textValue : parseValue)(config.get(key))]),
  );
  const given = { ...withoutUnset(values), ...unknownKeys() };
  const open = placeholders(given);
  if (open.length > 0) {
    throw refusal(report(stack, open));
  }
  const settings = isCell(values.platform)
    ? { role: "cell" as const, ...parsed(stack, cellSchema, given) }
    : { role: "owner" as const, ...parsed(stack, ownerSchema, given) };
  return {
    ...settings,
    stack,
    tenants: resolve(repository, settings.tenants ?? `tenants/${stack}`),
    instance: {
      ...settings.instance,
      timeZone: settings.instance.timeZone ?? settings.backup.timeZone,
    },
    today: settings.today ?? new Date().toISOString().slice(0, 10),
  };
}

const isText = (key: string): boolean => key === "tenants" || key === "today";

const isCell = (platform: unknown): boolean =>
  typeof platform === "object" && platform !== null && Object.hasOwn(platform, "stack");

/** An empty text or mapping is the default that Pulumi.yaml gives to what is not set. */
const withoutUnset = (given: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && JSON.stringify(value) !== "{}"),
  );

function parsed<T>(stack: string, schema: z.ZodType<T>, given: unknown): T {
  const result = schema.safeParse(given, { error: unquoted });
  if (!result.success) {
    throw refusal(report(stack, result.error.issues.flatMap(leafIssues)));
  }
  return result.data;
}

/** YAML takes 1.30 for a number and hands over 1.3: only whoever wrote it knows what it was. */
const unquoted: z.core.$ZodErrorMap = ({ code, expected, input }) =>
  code === "invalid_type" &&
  expected === "string" &&
  (typeof input === "number" || typeof input === "boolean")
    ? "must be text: write it in quotation marks"
    : undefined;

/** @throws pulumi.RunError with the report of every problem of every file, or that the cell is full. */
export function readTenants(settings: Settings): Tenant[] {
  // A stack of the platform alone has no folder. If tenants had been in it, refuseByLastUpdate says so.
  if (settings.role === "owner" && !existsSync(settings.tenants)) {
    return [];
  }
  try {
    const { stack, tenants: folder, maxTenants } = settings;
    const own = settings.role === "owner" ? settings.platform.domain : undefined;
    const tenants = loadTenants(folder, neighbourhood(stack, folder, { ownDomain: own }));
    assertCellSize(tenants, maxTenants);
    return tenants;
  } catch (error) {
    throw error instanceof TenantFilesError ? refusal(error.message) : error;
  }
}

/** Keys of the stack file that no setting has, so that a misspelt one is not silently ignored. */
function unknownKeys(): Record<string, unknown> {
  const prefix = "openclaw:";
  const known = new Set<string>(settingsKeys);
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix) && !known.has(key.slice(prefix.length)))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

function report(stack: string, problems: readonly SettingProblem[]): string {
  const lines = problems.map(({ path, message }) => printable(`  openclaw:${path.join(".")}: ${message}`));
  return [`Pulumi.${stack}.yaml is not right:`, ...lines, "Pulumi.yaml describes every setting."].join("\n");
}

/** The issues of a union are those of the alternative that comes closest. */
function leafIssues(issue: z.core.$ZodIssue): SettingProblem[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) {
    return [issue];
  }
  const closest = issue.errors.reduce((best, other) => (other.length < best.length ? other : best));
  return closest.flatMap(leafIssues).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}
