import { createHash } from "node:crypto";

/** What tells a tenant of the tests from others of the same id. @param life another tenant that has had the id */
export const incarnationOf = (id: string, life = 1): string =>
  createHash("sha256").update(`incarnation/${id}/${life}`).digest("base64url").slice(0, 16);

/** Variables that `provision` alone is given. @param incarnation `""` as a program of before owner's marks */
export const ownerVariables = (
  action: "provision" | "retire" | "drop",
  incarnation: string,
  adopt: boolean,
): Record<string, string> =>
  action === "provision" && incarnation !== ""
    ? { INCARNATION: incarnation, ADOPT: adopt ? "yes" : "no" }
    : {};
