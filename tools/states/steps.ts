import { parseDocument } from "yaml";

/** Texts of tenant files by tenant. */
export type TenantFiles = Readonly<Record<string, string>>;

/** A change of the tenant files that is brought up, and the state recorded after it. */
export interface RecordedStep {
  /** Part of the recorded file's name; they sort in the order in which they happened. */
  readonly name: string;
  readonly change: (files: TenantFiles) => TenantFiles;
}

const newcomer = `displayName: Newcomer
owner: ops@newcomer.example
plan: basic
users:
  - { email: nora@newcomer.example, role: admin }
`;

/** The events in tenants' lives, from the files of the stack dev on. */
export const recordedSteps: readonly RecordedStep[] = [
  { name: "0base", change: (files) => files },
  { name: "1newcomer", change: (files) => ({ ...files, newcomer }) },
  { name: "2plan", change: (files) => withFields(files, "bluebird", { plan: "pro" }) },
  { name: "3suspend", change: (files) => withFields(files, "bluebird", { state: "suspended" }) },
  {
    name: "4rotate",
    change: (files) =>
      withFields(withFields(files, "bluebird", { state: "active" }), "acme", { keyEpoch: 2 }),
  },
  {
    name: "5offboard",
    change: (files) => withFields(files, "newcomer", { state: "offboarded", retainUntil: "2999-12-31" }),
  },
];

/** @throws Error for a tenant that has no file */
function withFields(
  files: TenantFiles,
  tenant: string,
  fields: Readonly<Record<string, unknown>>,
): TenantFiles {
  const text = files[tenant];
  if (text === undefined) {
    throw new Error(`there is no file of ${tenant} to change`);
  }
  const document = parseDocument(text);
  for (const [field, value] of Object.entries(fields)) {
    document.set(field, value);
  }
  return { ...files, [tenant]: document.toString() };
}
