import { UserError } from "../../lib/terminal/errors.ts";

/** Address of what stands in for get.pulumi.com: behind an air gap, or where that is slow. */
export const mirrorVariable = "OPENCLAW_PULUMI_MIRROR";

/** Pulumi's own: `regexp=URL`, several of them separated by commas. */
export const overridesVariable = "PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES";

/** The site that publishes releases of CLI and plugins. */
export const pulumiReleases = "https://get.pulumi.com";

/**
 * The mirror that the environment names, without a slash at its end.
 *
 * @throws UserError if that is no http address
 */
export function mirrorOf(environment: NodeJS.ProcessEnv): string | undefined {
  const text = environment[mirrorVariable];
  if (text === undefined || text === "") {
    return undefined;
  }
  const protocol = URL.canParse(text) ? new URL(text).protocol : undefined;
  // The list of overrides, in which the address is to stand, is taken apart at both signs.
  if ((protocol !== "https:" && protocol !== "http:") || /[=,]/.test(text)) {
    throw new UserError(
      `${mirrorVariable}=${text}: must be an http or https address without "=" and ",", such as https://mirror.example/pulumi`,
    );
  }
  return text.replace(/\/+$/, "");
}

/** The value of the variable by which the CLI takes plugins from the mirror; the user's own goes first. */
export function pluginOverrides(environment: NodeJS.ProcessEnv): string | undefined {
  const mirror = mirrorOf(environment);
  return environment[overridesVariable] || (mirror && `.*=${mirror}/releases/plugins`);
}
