import { stringify } from "yaml";
import type { Registration } from "../fixtures/program.ts";

/**
 * What a stack consists of, as text for a reviewer: every resource below its type and name, in a stable order,
 * with its options and inputs. Secret values are shown as `[secret]`, whatever they are.
 */
export function inventory(registrations: readonly Registration[]): string {
  const entries = registrations
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .toSorted((a, b) => (a.urn < b.urn ? -1 : 1))
    .map(({ urn, type: _type, name: _name, hasProvider: _, inputs, ...options }) => {
      const [, , qualifiedType = "", name = ""] = urn.split("::");
      return [`${qualifiedType.split("$").at(-1)} ${name}`, { ...options, inputs: masked(inputs) }];
    });
  return stringify(Object.fromEntries(entries), { lineWidth: 0, aliasDuplicateObjects: false });
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

function masked(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(masked);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Reflect.get(value, signatureKey) === secretSignature) {
    return "[secret]";
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}
