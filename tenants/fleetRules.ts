import { dirname } from "node:path";
import { type Finding, wholeFile } from "./problems.ts";
import type { Position } from "./yamlText.ts";

/** The name of a tenant file that exists, valid or not. */
export interface FileName {
  readonly id: string;
  readonly cell: string;
  readonly file: string;
}

/** The host that a file gives its tenant, whatever else is wrong with the file. */
export interface HostClaim extends FileName {
  /** The tenant's own host; without one it answers to `<id>.<domain>`. */
  readonly host?: string | undefined;
  /** The position of `host`. */
  readonly at: Position;
}

/** The domain of a cell, below which its tenants get `<id>.<domain>`; `undefined` when it is not known. */
export type DomainOf = (cell: string) => string | undefined;

type Placed = Finding & { readonly file: string };

/**
 * Ids that are in two cells. A fleet has each id once: cells may share a cluster and a domain, and a tenant that
 * moves keeps its name.
 * @param files the files to report on; the first of two equal ids is taken to be in its right place.
 * @param others names in cells that are not being loaded.
 */
export function duplicateIds(files: readonly FileName[], others: readonly FileName[]): Placed[] {
  const owner = new Map(others.map((other) => [other.id, other]));
  return files.flatMap((name) => {
    const first = owner.get(name.id);
    if (first === undefined || dirname(first.file) === dirname(name.file)) {
      owner.set(name.id, name);
      return [];
    }
    const finding = wholeFile(
      `the id "${name.id}", which is also in ${first.file}`,
      "an id that no other cell has",
    );
    return [{ ...finding, file: name.file }];
  });
}

/**
 * Hosts that two tenants would answer to, and own hosts below the domain that hands out `<id>.<domain>`.
 *
 * @param claims those to report on; the first of two equal own hosts is taken to be in its right place
 * @param others claims in cells that are not being loaded
 */
export function hostConflicts(
  claims: readonly HostClaim[],
  others: readonly HostClaim[],
  domainOf: DomainOf,
): Placed[] {
  const named = new Map(others.flatMap((other) => (other.host === undefined ? [] : [[other.host, other]])));
  const owner = new Map(named);
  for (const claim of [...others, ...claims]) {
    const host = hostById(claim, domainOf);
    if (host !== undefined) {
      owner.set(host, claim);
    }
  }
  return claims.flatMap((claim) => {
    const { file, host = hostById(claim, domainOf) } = claim;
    if (host === undefined) {
      return [];
    }
    if (claim.host === undefined) {
      const first = named.get(host);
      return first === undefined ? [] : [{ file, ...lostHostFinding(host, first) }];
    }
    const first = owner.get(host) ?? claim;
    owner.set(host, first);
    const fault = first === claim ? platformHostFault(host, claim, domainOf) : takenHostFault(host, first);
    return fault === undefined ? [] : [{ file, ...claim.at, path: "host", ...fault }];
  });
}

/** The host of a tenant that names none of its own, once its domain is known. */
function hostById({ id, cell, host }: HostClaim, domainOf: DomainOf): string | undefined {
  const domain = host === undefined ? domainOf(cell) : undefined;
  return domain === undefined ? undefined : `${id}.${domain}`;
}

const lostHostFinding = (host: string, owner: FileName): Finding =>
  wholeFile(
    `the host "${host}" by this file's name, which ${owner.file} names as its own`,
    "a host that no other tenant has: another id, or another host there",
  );

const takenHostFault = (host: string, owner: FileName) => ({
  found: `the host "${host}" of ${owner.file}`,
  expected: "a host that no other tenant has",
});

/** Below the platform's domain every name is some tenant's, now or later, or the platform's. */
function platformHostFault(host: string, { id, cell }: FileName, domainOf: DomainOf) {
  const domain = domainOf(cell);
  if (domain === undefined || host === `${id}.${domain}`) {
    return undefined;
  }
  if (host !== domain && !host.endsWith(`.${domain}`)) {
    return undefined;
  }
  return {
    found: `the host "${host}", which belongs to the platform's domain`,
    expected: `a host outside ${domain}, or no host, which gives ${id}.${domain}`,
  };
}
