import { UserError } from "../../lib/terminal/errors.ts";

export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
  /** The session's token, if the credentials are temporary. */
  readonly token?: string;
}

/** The variables that the Terraform provider reads too, so that whoever can run `pulumi up` can ask the API as well. */
export const credentialVariables = {
  secretId: "TENCENTCLOUD_SECRET_ID",
  secretKey: "TENCENTCLOUD_SECRET_KEY",
  token: "TENCENTCLOUD_SECURITY_TOKEN",
} as const;

/** @throws UserError that names the variables which are not set */
export function credentialsOf(environment: NodeJS.ProcessEnv): Credentials {
  const { secretId: idName, secretKey: keyName, token: tokenName } = credentialVariables;
  const { [idName]: secretId = "", [keyName]: secretKey = "", [tokenName]: token = "" } = environment;
  const missing = [...(secretId === "" ? [idName] : []), ...(secretKey === "" ? [keyName] : [])];
  if (missing.length > 0) {
    throw new UserError(
      `No credentials of Tencent Cloud: ${missing.join(" and ")} must be set, and ${tokenName} too if they are ` +
        "temporary ones. docs/tke.md, Identities, says whose.",
    );
  }
  return { secretId, secretKey, ...(token === "" ? {} : { token }) };
}

/** A text from outside with every credential in it replaced. */
export function withoutCredentials(text: string, credentials: Credentials): string {
  return Object.values(credentials).reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}
