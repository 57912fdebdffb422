import { z } from "zod";
import { UserError } from "../../lib/terminal/errors.ts";

/**
 * A stack's state as `pulumi stack export` writes it, as far as roots in the clear are concerned: RandomBytes, whose id is
 * its value. The program makes none any more: components/randomRoot.ts.
 */

const oldType = "random:index/randomBytes:RandomBytes";
const stackType = "pulumi:pulumi:Stack";

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  /** Whether it waits to be deleted, in favour of another of its name. */
  delete: z.boolean().optional(),
  outputs: z.looseObject({}).optional(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
});

const exportSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(resourceSchema).nullish(),
    pending_operations: z.array(z.unknown()).nullish(),
  }),
});

export type StackExport = z.infer<typeof exportSchema>;
type Resource = z.infer<typeof resourceSchema>;

/** @throws ZodError for what is no export of a stack */
export const stackExportOf = (text: string): StackExport => exportSchema.parse(JSON.parse(text));

const resourcesOf = ({ deployment }: StackExport): readonly Resource[] => deployment.resources ?? [];

/** The number of operations that a killed engine began and never saw end. An import forgets them. */
export const pendingOperations = ({ deployment }: StackExport): number =>
  deployment.pending_operations?.length ?? 0;

const nameOf = ({ urn }: Resource): string => urn.split("::").at(-1) ?? urn;

const isOld = ({ type }: Resource): boolean => type === oldType;

/** Names of the roots that stand in the clear. */
export const oldRootNames = (state: StackExport): string[] => [
  ...new Set(resourcesOf(state).filter(isOld).map(nameOf)),
];

const secretSchema = z.object({ plaintext: z.string() });
const backupRootSuffix = "-backup-root";

/**
 * The roots of the backups' credentials, by tenant id.
 *
 * @param state with its secrets shown
 */
export function oldBackupRoots(state: StackExport): Map<string, Buffer> {
  const roots = resourcesOf(state).filter((each) => isOld(each) && nameOf(each).endsWith(backupRootSuffix));
  return new Map(
    roots
      .filter((each) => each.delete !== true)
      .map((each) => {
        const text = z.string().parse(JSON.parse(secretSchema.parse(each.outputs?.base64).plaintext));
        return [nameOf(each).slice(0, -backupRootSuffix.length), Buffer.from(text, "base64")];
      }),
  );
}

const recordsSchema = z.record(z.string(), z.looseObject({ encryptedRoots: z.boolean().optional() }));

/** The outputs of the stack's last completed update. */
export const outputsIn = (state: StackExport): Readonly<Record<string, unknown>> =>
  resourcesOf(state).find(({ type }) => type === stackType)?.outputs ?? {};

/**
 * Tenants of which the last update said nothing of their roots: it was one of a program that knew RandomBytes alone.
 *
 * @throws UserError if what it said of tenants cannot be read
 */
export function unmarkedTenants(state: StackExport): string[] {
  const parsed = recordsSchema.safeParse(outputsIn(state).tenants ?? {});
  if (!parsed.success) {
    throw new UserError(
      `The stack's output \`tenants\`, which its last update wrote, cannot be read:\n${z.prettifyError(parsed.error)}\n` +
        "Nothing was changed. Use the version of the program that ran last, or correct the output by `pulumi stack export` and `import`.",
    );
  }
  const records = parsed.data;
  return Object.keys(records).filter((id) => records[id]?.encryptedRoots !== true);
}

/**
 * The state without the roots and whatever refers to them, and with a word to the program (lastUpdate.ts) that it may go
 * on: it makes other roots then.
 */
export function withoutOldRoots(state: StackExport): StackExport {
  const old = new Set(
    resourcesOf(state)
      .filter(isOld)
      .map(({ urn }) => urn),
  );
  const resources = resourcesOf(state)
    .filter(({ urn }) => !old.has(urn))
    .map((each) => marked(withoutReferences(each, old)));
  return { ...state, deployment: { ...state.deployment, resources } };
}

function withoutReferences(resource: Resource, gone: ReadonlySet<string>): Resource {
  const { dependencies, propertyDependencies } = resource;
  const stay = (urns: readonly string[]) => urns.filter((urn) => !gone.has(urn));
  return {
    ...resource,
    ...(dependencies == null ? {} : { dependencies: stay(dependencies) }),
    ...(propertyDependencies == null
      ? {}
      : {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([key, urns]) => [key, urns && stay(urns)]),
          ),
        }),
  };
}

function marked(resource: Resource): Resource {
  const tenants = recordsSchema.safeParse(resource.outputs?.tenants);
  if (resource.type !== stackType || !tenants.success) {
    return resource;
  }
  const records = Object.entries(tenants.data).map(([id, record]) => [
    id,
    { ...record, encryptedRoots: true },
  ]);
  return { ...resource, outputs: { ...resource.outputs, tenants: Object.fromEntries(records) } };
}
