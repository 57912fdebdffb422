import { z } from "zod";
import type { Forge } from "./forge.ts";
import { requestJson, type Variables, variable } from "./http.ts";

/** GitHub's REST API of 2022-11-28, https://docs.github.com/rest. */

/** The most that one answer holds. */
const pageSize = 100;

/** Whoever writes with a job's own token. */
const account = "github-actions[bot]";

const commentSchema = z.object({
  id: z.number(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullable(),
});
const issueSchema = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  pull_request: z.unknown().optional(),
});
const runsSchema = z.object({ workflow_runs: z.array(z.object({ head_sha: z.string() })) });

/** @throws UserError when a variable that GitHub's jobs have, or GITHUB_TOKEN, is missing */
export function githubForge(environment: Variables): Forge {
  const read = (name: string) => variable(environment, name);
  const repository = `${read("GITHUB_API_URL")}/repos/${read("GITHUB_REPOSITORY")}`;
  const token = read("GITHUB_TOKEN");

  const call = <T>(schema: z.ZodType<T>, method: string, path: string, body?: object): Promise<T> =>
    requestJson(schema, new URL(`${repository}/${path}`), {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "x-github-api-version": "2022-11-28",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const write = async (method: string, path: string, body: object): Promise<void> => {
    await call(z.unknown(), method, path, body);
  };
  const all = async <T>(schema: z.ZodType<T>, path: string): Promise<T[]> => {
    const found: T[] = [];
    for (let page = 1; ; page += 1) {
      const separator = path.includes("?") ? "&" : "?";
      const part = await call(z.array(schema), "GET", `${path}${separator}per_page=${pageSize}&page=${page}`);
      found.push(...part);
      if (part.length < pageSize) {
        return found;
      }
    }
  };
  const thread = () => `issues/${read("PULL_REQUEST")}/comments`;

  return {
    runUrl: `${read("GITHUB_SERVER_URL")}/${read("GITHUB_REPOSITORY")}/actions/runs/${read("GITHUB_RUN_ID")}`,
    ownComments: async () =>
      (await all(commentSchema, thread()))
        .filter(({ user }) => user?.login === account)
        .map(({ id, body }) => ({ id, body: body ?? "" })),
    createComment: (body) => write("POST", thread(), { body }),
    updateComment: (id, body) => write("PATCH", `issues/comments/${id}`, { body }),
    ownOpenIssues: async () =>
      (await all(issueSchema, `issues?state=open&creator=${encodeURIComponent(account)}`))
        .filter((issue) => issue.pull_request === undefined)
        .map(({ number, title, body }) => ({ number, title, body: body ?? "" })),
    openIssue: (title, body) => write("POST", "issues", { title, body }),
    updateIssue: (number, title, body) => write("PATCH", `issues/${number}`, { title, body }),
    closeIssue: async (number, comment) => {
      await write("POST", `issues/${number}/comments`, { body: comment });
      await write("PATCH", `issues/${number}`, { state: "closed", state_reason: "completed" });
    },
    lastSuccess: async (workflow) => {
      const query = new URLSearchParams({
        branch: read("GITHUB_REF_NAME"),
        event: "push",
        status: "success",
        per_page: "1",
      });
      const { workflow_runs: runs } = await call(
        runsSchema,
        "GET",
        `actions/workflows/${encodeURIComponent(workflow)}/runs?${query}`,
      );
      return runs[0]?.head_sha;
    },
  };
}
