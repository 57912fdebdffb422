import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { platformFactsSchema } from "./components/platform/stackReference.ts";
import { assertCellSize, loadTenants, TenantFilesError } from "./tenants/load.ts";
import type { Tenant } from "./tenants/schema.ts";

/**
 * The stack's configuration, validated. The only place that reads pulumi.Config, and the only one that reads the
 * clock: whatever else the program needs to know is handed down from here as plain values.
 *
 * Every key stands in Pulumi.yaml with its description and default; test/unit/settings.test.ts keeps the two equal.
 */

const cidr = z.union([z.cidrv4(), z.cidrv6()]);
const dnsName = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
const label = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

/** An image reference with a tag other than latest, or with a digest. */
function isPinned(image: string): boolean {
  const reference =
    /^[^\s:@]+(:\d+\/[^\s:@]+)?(:(?<tag>[\w][\w.-]*))?(@(?<digest>sha256:[a-f0-9]{64}))?$/.exec(image);
  const { tag, digest } = reference?.groups ?? {};
  return digest !== undefined || (tag !== undefined && tag !== "latest");
}

const settingsSchema = z
  .strictObject({
    /** Folder of the cell's tenant files, relative to the project; `tenants/<stack>` unless set. */
    tenants: z.string().min(1).optional(),
    /** The most tenants the cell may hold: every one adds to what each update of the cell costs. */
    maxTenants: z.int().min(1).max(1000).default(25),
    cluster: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("existing"), name: label, context: z.string().min(1) }),
    ]),
    /** Either the facts of a platform this stack owns, or the stack that owns it. */
    platform: z.union([
      z.strictObject({ stack: z.string().min(1) }),
      platformFactsSchema.extend({
        domain: dnsName,
        edge: platformFactsSchema.shape.edge.extend({
          namespace: label,
          ingressClass: dnsName,
          proxyCidrs: z.array(cidr).min(1),
        }),
        modelGateway: platformFactsSchema.shape.modelGateway.extend({
          namespace: label,
          port: z.int().min(1).max(65_535),
          url: z.url({ protocol: /^https?$/ }),
        }),
        dns: platformFactsSchema.shape.dns
          .extend({ namespace: label, nodeLocalCidrs: z.array(cidr).default([]) })
          .prefault({ namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } }),
      }),
    ]),
    /** Needed where the stack owns the platform. */
    guardrails: z
      .strictObject({
        allowedRegistries: z.array(z.string().regex(/^[a-z0-9][-a-z0-9.:/_]*[a-z0-9]$/)).default([]),
        deployers: z.array(z.string().min(1)).default([]),
      })
      .prefault({}),
    instance: z.strictObject({
      image: z.string().refine(isPinned, {
        error: "must be pinned by a version or a digest, e.g. ghcr.io/openclaw/openclaw:2026.9.6",
      }),
      storageClass: dnsName.optional(),
      runtimeClass: dnsName.optional(),
    }),
    /** The day that retention dates are compared with, YYYY-MM-DD; today in UTC unless set. */
    today: z.iso.date().optional(),
  })
  .check(({ value, issues }) => {
    if ("stack" in value.platform) {
      return;
    }
    for (const key of ["allowedRegistries", "deployers"] as const) {
      if (value.guardrails[key].length === 0) {
        issues.push({
          code: "custom",
          input: value,
          path: ["guardrails", key],
          message: "name at least one: this stack owns the platform",
        });
      }
    }
    const { image } = value.instance;
    if (!value.guardrails.allowedRegistries.some((registry) => image.startsWith(`${registry}/`))) {
      issues.push({
        code: "custom",
        input: value,
        path: ["instance", "image"],
        message: `${image} is from none of guardrails.allowedRegistries, so no pod of it would be admitted`,
      });
    }
  });

export const settingsKeys = Object.keys(settingsSchema.shape) as (keyof typeof settingsSchema.shape)[];

export type Settings = Omit<z.infer<typeof settingsSchema>, "tenants" | "today"> & {
  /** Name of the stack. */
  readonly stack: string;
  /** Absolute path of the folder of tenant files. */
  readonly tenants: string;
  /** YYYY-MM-DD. */
  readonly today: string;
};

/** @throws pulumi.RunError that lists every setting that is missing, unknown or wrong. */
export function readSettings(): Settings {
  const config = new pulumi.Config("openclaw");
  const stack = pulumi.getStack();
  const given = Object.fromEntries(settingsKeys.map((key) => [key, parseValue(config.get(key))]));
  const parsed = settingsSchema.safeParse({ ...given, ...unknownKeys() });
  if (!parsed.success) {
    throw new pulumi.RunError(settingsReport(stack, parsed.error));
  }
  const {
    tenants = `tenants/${stack}`,
    today = new Date().toISOString().slice(0, 10),
    ...rest
  } = parsed.data;
  return { ...rest, stack, tenants: resolve(import.meta.dirname, tenants), today };
}

/** @throws pulumi.RunError with the report of every problem of every file, or that the cell is full. */
export function readTenants(settings: Settings): Tenant[] {
  try {
    const domain = "domain" in settings.platform ? settings.platform.domain : undefined;
    const tenants = loadTenants(settings.tenants, domain === undefined ? {} : { domain });
    assertCellSize(tenants, settings.maxTenants);
    return tenants;
  } catch (error) {
    throw error instanceof TenantFilesError ? new pulumi.RunError(error.message) : error;
  }
}

/** Structured values arrive as JSON text, plain ones as they are; an optional setting left empty is not set. */
export function parseValue(text: string | undefined): unknown {
  if (text === undefined || text === "") {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
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

function settingsReport(stack: string, error: z.ZodError): string {
  const problems = error.issues
    .flatMap(leafIssues)
    .map(({ path, message }) => `  openclaw:${path.join(".")}: ${message}`);
  return [`Pulumi.${stack}.yaml is not right:`, ...problems, "Pulumi.yaml describes every setting."].join(
    "\n",
  );
}

/** The issues of a union are those of the alternative that comes closest. */
function leafIssues(issue: z.core.$ZodIssue): { path: readonly PropertyKey[]; message: string }[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) {
    return [issue];
  }
  const closest = issue.errors.reduce((best, other) => (other.length < best.length ? other : best));
  return closest.flatMap(leafIssues).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}
