import { stringify } from "yaml";
import type { Registration } from "../fixtures/program.ts";
import { masked } from "../fixtures/registrations.ts";

/**
 * What a stack consists of, as text for a reviewer: every resource below its type and name, in a stable order,
 * with its options and inputs. Secret values are shown as `[secret]`, whatever they are. Which outputs are secret is
 * left out: most of it is the SDK's own, not the program's.
 */
export function inventory(registrations: readonly Registration[]): string {
  const entries = registrations
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .toSorted((a, b) => (a.urn < b.urn ? -1 : 1))
    .map((registration) => {
      const { urn, type: _type, name: _name, hasProvider: _, inputs, ...rest } = registration;
      const { additionalSecretOutputs: _secrets, ...options } = rest;
      const [, , qualifiedType = "", name = ""] = urn.split("::");
      return [`${qualifiedType.split("$").at(-1)} ${name}`, { ...options, inputs: masked(inputs) }];
    });
  return stringify(Object.fromEntries(entries), { lineWidth: 0, aliasDuplicateObjects: false });
}
