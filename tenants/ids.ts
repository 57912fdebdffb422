/**
 * The rules for ids of tenants and names of cells. Both names come from the file system (`tenants/<cell>/<id>.yaml`) and
 * end up in DNS names, Kubernetes namespaces, PostgreSQL roles and Pulumi stacks.
 */

/** Characters. `tenant-<id>` and every longer name derived from it stays below the 63 of a DNS label. */
export const maxIdLength = 40;

/** The requirement of {@link idFault}, in words for a report. */
export const idRule =
  `a DNS label: lower-case letters, digits and single hyphens, ` +
  `starting with a letter, ending with a letter or digit, at most ${maxIdLength} characters`;

/** The requirement of {@link isCellName}: a name that is both a Pulumi stack name and a Kubernetes label value. */
export const cellNameRule =
  "1 to 63 letters, digits, dots, hyphens and underscores, starting and ending with a letter or digit";

/**
 * Ids that would take a name the platform, Kubernetes or the Internet's conventions use: `<id>.<domain>` is a
 * host, and `tenant-<id>` a namespace beside the platform's own.
 */
export const reservedIds: ReadonlySet<string> = new Set([
  // Hosts that people and programs expect to belong to the operator.
  ...["www", "api", "app", "admin", "administrator", "root", "auth", "login", "logout", "signin", "signup"],
  ...["oauth", "oauth2", "oidc", "sso", "account", "accounts", "billing", "console", "dashboard", "docs"],
  ...["help", "status", "support", "security", "blog", "static", "assets", "cdn", "mail", "smtp", "imap"],
  ...[
    "ftp",
    "ssh",
    "vpn",
    "dns",
    "ns",
    "ns1",
    "ns2",
    "mx",
    "webmail",
    "postmaster",
    "hostmaster",
    "webmaster",
  ],
  ...["abuse", "autoconfig", "autodiscover", "wpad", "localhost"],
  // Kubernetes.
  ...["default", "kube-system", "kube-public", "kube-node-lease", "kubernetes", "cluster", "system"],
  // The platform's own parts.
  ...["openclaw", "platform", "tenant", "tenants", "cell", "shared", "edge", "gateway", "ingress", "traefik"],
  ...["models", "model-gateway", "litellm", "skills", "registry", "guardrails", "public", "postgres"],
  ...["postgresql", "database", "redis", "valkey", "cache", "storage", "objects", "backup", "backups"],
  ...["metrics", "monitoring", "prometheus", "alertmanager", "grafana", "logs", "loki"],
]);

/** Families of names that stay the platform's, whatever follows. */
const reservedPrefixes = ["kube-", "openclaw-"] as const;

/** No two hyphens in a row: it keeps `xn--` names out and leaves `--` free as a separator. */
const idPattern = /^[a-z](?:[a-z0-9]|-(?!-))*$/;

/** The problem of an id, in words for a report. */
export interface IdFault {
  readonly found: string;
  readonly expected: string;
  /** An id that would do. */
  readonly suggestion?: string;
}

/** The fault of a tenant id, or `undefined` when it is fine. */
export function idFault(id: string): IdFault | undefined {
  if (id.length > maxIdLength) {
    return { found: `an id of ${id.length} characters`, expected: idRule };
  }
  if (!isIdShaped(id)) {
    const suggestion = idLike(id);
    return { found: `the id "${id}"`, expected: idRule, ...(suggestion === undefined ? {} : { suggestion }) };
  }
  const prefix = reservedPrefixes.find((reserved) => id.startsWith(reserved));
  if (prefix !== undefined || reservedIds.has(id)) {
    return {
      found: `the reserved id "${id}"`,
      expected: prefix
        ? `an id that does not begin with "${prefix}", which is kept for the platform`
        : "an id that is not kept for the platform, such as the customer's name",
    };
  }
  return undefined;
}

export const isCellName = (name: string): boolean =>
  name.length <= 63 && /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name);

const isIdShaped = (id: string): boolean => idPattern.test(id) && !id.endsWith("-");

/** The nearest well-formed id, such as `acme-ltd` for `Acme_Ltd.`. */
function idLike(text: string): string | undefined {
  const id = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return isIdShaped(id) && id !== text ? id : undefined;
}
