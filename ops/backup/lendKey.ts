import { UsageError } from "../../lib/terminal/errors.ts";
import type { AccessKey } from "./accessKey.ts";

/** Option of the commands that read a tenant's backups. */
export const lendKeyOption = { "lend-key": { type: "boolean", default: false } } as const;

/** The variables that S3's clients read: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html */
const variables = { id: "AWS_ACCESS_KEY_ID", secret: "AWS_SECRET_ACCESS_KEY", session: "AWS_SESSION_TOKEN" };

/** @returns undefined if none is lent @throws UsageError if one is to be, and the environment has none */
export function lentKeyOf(
  values: { readonly "lend-key": boolean },
  environment: NodeJS.ProcessEnv = process.env,
): AccessKey | undefined {
  if (!values["lend-key"]) {
    return undefined;
  }
  const { [variables.id]: id, [variables.secret]: secret, [variables.session]: session } = environment;
  if (!id || !secret) {
    throw new UsageError(
      `--lend-key lends the access key in ${variables.id} and ${variables.secret}, and they are not both set`,
    );
  }
  return { id, secret, ...(session ? { session } : {}) };
}
