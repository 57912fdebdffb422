import type { Adoption } from "../../tenants/schema.ts";
import type { FoundObject } from "../cluster/reader.ts";
import { annotationKeys, labelKeys, managedBy, managedByLabel } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";
import { markOf, type Owner, unmarked } from "../ownerMark.ts";
import { accountSecretName } from "../services/accounts/accountSecret.ts";
import { servicesNamespace } from "../services/namespace.ts";
import type { Found } from "./found.ts";
import type { TenantRecord } from "./lastUpdate.ts";

/**
 * Refusals to take over existing objects: registering an object that exists makes it this stack's, with whatever it holds,
 * and nothing in the engine asks.
 *
 * A tenant that the last update knew is this stack's, and so is one whose objects carry this state's own mark: an update
 * ended between making and recording them. But a tenant that was offboarded has left; its id is free only once nothing is
 * left of it.
 */

/** A tenant as far as it matters whose its objects are. */
export interface Claimant {
  readonly id: string;
  readonly adopt?: Adoption | undefined;
}

/**
 * Whether what the shared services have of the tenant may lack its mark: a version before 0.3 made the tenant, or
 * what there was under its names is taken over. It stays so for as long as the tenant does, because its Job would run
 * again if it changed.
 */
export const isAdopted = (
  { id, adopt }: Claimant,
  record: TenantRecord | undefined,
  found: Found,
): boolean =>
  record === undefined
    ? adopt !== undefined && partsOf(id, found).length > 0
    : (record.adopted ?? record.incarnation === undefined);

/**
 * Why an update would take over what is not this stack's.
 *
 * @param record what the last update said of the tenant, if it knew it
 * @returns lines to show; none if nothing stands in the way
 */
export function takeoverOf(
  tenant: Claimant,
  record: TenantRecord | undefined,
  found: Found,
  owner: Owner,
): string[] {
  const parts = partsOf(tenant.id, found);
  const foreign = parts.filter((part) => !isOwn(part.object, record, owner));
  const strange = foreign.filter(({ object }) => !isConsented(tenant.adopt, markIn(object), owner));
  if (strange.length > 0) {
    return refusal(tenant, strange, parts, owner);
  }
  const isUnknownKey = foreign.some(
    ({ object }) => object === found.accounts && incarnationIn(object) === undefined,
  );
  return isUnknownKey
    ? [
        `The Secret ${servicesNamespace}/${accountSecretName(tenant.id)} opens backups of the tenant that is taken over, and would be overwritten.`,
        '  Put it aside first: docs/operations.md, "Taking over what is there".',
      ]
    : [];
}

interface Part {
  readonly name: string;
  readonly object: FoundObject;
}

function partsOf(id: string, { namespace, claim, accounts }: Found): Part[] {
  const parts = [
    { name: `the Namespace ${namespaceName(id)}`, object: namespace },
    { name: `the PersistentVolumeClaim ${namespaceName(id)}/${objectNames.volumeClaim}`, object: claim },
    { name: `the Secret ${servicesNamespace}/${accountSecretName(id)}`, object: accounts },
  ];
  return parts.flatMap(({ name, object }) => (object === undefined ? [] : [{ name, object }]));
}

export const markIn = ({ annotations }: FoundObject): string =>
  annotations[annotationKeys.ownedBy] ?? unmarked;

/** Incarnation of the tenant that an object was made for; none of an object that a version before 0.3 made. */
export const incarnationIn = (object: FoundObject | undefined): string | undefined =>
  object?.annotations[annotationKeys.incarnation];

const hasLeft = ({ labels }: FoundObject): boolean => labels[labelKeys.state] === "offboarded";

function isOwn(object: FoundObject, record: TenantRecord | undefined, owner: Owner): boolean {
  const mark = markIn(object);
  if (record !== undefined) {
    // What a version without marks has made has none.
    return mark === unmarked || mark === markOf(owner);
  }
  return mark === markOf(owner) && !hasLeft(object);
}

const isConsented = (adopt: Adoption | undefined, mark: string, { stack }: Owner): boolean =>
  adopt !== undefined && adopt.from === mark && adopt.to === stack;

function refusal(tenant: Claimant, strange: readonly Part[], parts: readonly Part[], owner: Owner): string[] {
  const { id, adopt } = tenant;
  const [mark = unmarked] = strange.map(({ object }) => markIn(object));
  const namespace = parts.find(({ object }) => object.labels[labelKeys.tenant] === id)?.object;
  const isFormer = parts.some(({ object }) => hasLeft(object));
  const purge = `\`npm run purge -- --tenant ${id}\` without the file, which deletes what is left`;
  return [
    `There already: ${strange.map(({ name }) => name).join(", ")}.`,
    `  Owner: ${ownerText(mark, owner)}${isFormer ? ", of a tenant that was offboarded" : ""}${namespace === undefined ? "" : nameOf(namespace)}.`,
    ...(adopt === undefined
      ? []
      : [`  The file adopts from ${adopt.from} to ${adopt.to}; it must be from ${mark} to ${owner.stack}.`]),
    `  Choose another id; or ${isFormer ? purge : "delete what is there, if nobody needs it"}; or take it over with all it`,
    `  holds, by this in the tenant's file: adopt: { from: ${mark}, to: ${owner.stack} }`,
  ];
}

function ownerText(mark: string, owner: Owner): string {
  const [stack] = mark.split("/");
  if (mark === unmarked) {
    return "unknown; no mark, so somebody else made it, or a version of this program before 0.3";
  }
  if (mark === markOf(owner)) {
    return `this stack, ${mark}`;
  }
  return stack === owner.stack ? `another state of a stack ${stack}, ${mark}` : `the stack ${stack}, ${mark}`;
}

/** The display name: messages come into review comments, which have no e-mail address. */
function nameOf({ annotations }: FoundObject): string {
  const name = annotations[annotationKeys.displayName];
  return name === undefined ? "" : `: ${JSON.stringify(name)}`;
}

/** A namespace that the platform of a stack makes, and what there is under its name. */
export interface PlatformNamespace {
  readonly name: string;
  /** A name for its contents, for the refusal. */
  readonly holds: string;
  readonly found: FoundObject | undefined;
}

export interface PlatformClaimant {
  readonly owner: Owner;
  readonly adopt?: Adoption | undefined;
  /** Whether an update of this stack was ever completed. */
  readonly hasRun: boolean;
}

/**
 * Why this stack would take over a namespace of another's platform, or of somebody else: it carries another mark, or
 * none and neither this stack nor a version without marks has made it.
 *
 * @returns lines to show; none if nothing stands in the way
 */
export function platformTakeover(
  { name, holds, found }: PlatformNamespace,
  { owner, adopt, hasRun }: PlatformClaimant,
): string[] {
  const mark = found === undefined ? undefined : markIn(found);
  const isOwn =
    mark === undefined ||
    mark === markOf(owner) ||
    (mark === unmarked && hasRun && found?.labels[managedByLabel] === managedBy);
  if (isOwn || isConsented(adopt, mark, owner)) {
    return [];
  }
  return [
    `There already: the Namespace ${name}, with ${holds}.`,
    `  Owner: ${ownerText(mark, owner)}.`,
    "  Another clone of the repository has another state. Use the state that made it, another name or another cluster. Where that",
    `  state is lost, or it is yours, openclaw:adopt: { from: ${mark}, to: ${owner.stack} } in Pulumi.${owner.stack}.yaml takes it over: docs/operations.md.`,
  ];
}
