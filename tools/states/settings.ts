import { isMap, parseDocument, stringify } from "yaml";

/** Settings beside a recorded state: what a stack was brought up with, without what was one machine's. */

const tenantsKey = "openclaw:tenants";

const configOf = (settings: string): Record<string, unknown> => {
  const config = parseDocument(settings).get("config");
  return isMap(config) ? config.toJSON() : {};
};

/** @param copy of a stack's settings, with the salt of a passphrase and the folder of its tenant files */
export function recordedSettings(copy: string): string {
  const { [tenantsKey]: _, ...config } = configOf(copy);
  return stringify({ config });
}

/**
 * A copy of a stack's settings that says what the recorded ones do.
 *
 * @param copy the machine's own, which has the salt of its passphrase
 * @param tenants folder of the tenant files
 */
export function settingsAsRecorded(copy: string, recorded: string, tenants: string): string {
  const document = parseDocument(copy);
  document.set("config", { ...configOf(recorded), [tenantsKey]: tenants });
  return document.toString();
}
