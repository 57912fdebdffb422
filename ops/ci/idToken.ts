import { z } from "zod";
import { UserError } from "../../lib/terminal/errors.ts";
import { requestJson, type Variables, variable } from "./http.ts";

/**
 * A token in which the CI says to a cloud which job this is: the one that GitLab put into a variable, or one that
 * GitHub is asked for.
 *
 * @param name the variable of a token that is there already
 * @param audience whom it is for; a token for one cloud is worth nothing at another
 * @throws UserError when the job has no token and may not ask for one
 */
export async function idToken(environment: Variables, name: string, audience: string): Promise<string> {
  const given = environment[name];
  if (given !== undefined && given !== "") {
    return given;
  }
  if (!environment.ACTIONS_ID_TOKEN_REQUEST_URL) {
    throw new UserError(
      "This job has no OIDC token. On GitHub it needs `permissions: { id-token: write }`; on GitLab\n" +
        `id_tokens: { ${name}: { aud: ${audience} } }.`,
    );
  }
  const url = new URL(environment.ACTIONS_ID_TOKEN_REQUEST_URL);
  url.searchParams.set("audience", audience);
  const headers = { authorization: `Bearer ${variable(environment, "ACTIONS_ID_TOKEN_REQUEST_TOKEN")}` };
  return (await requestJson(z.object({ value: z.string() }), url, { headers })).value;
}

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  sub: z.string(),
});

/** The claims that a trust policy must name to accept the token: `iss …, aud …, sub …`. None of it is secret. */
export function claimsText(token: string): string {
  try {
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const { iss, aud, sub } = claimsSchema.parse(JSON.parse(payload));
    return `iss ${iss}, aud ${aud}, sub ${sub}`;
  } catch {
    return "a token that is no JWT";
  }
}
