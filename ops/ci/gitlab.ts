import { z } from "zod";
import type { Forge } from "./forge.ts";
import { requestJson, type Variables, variable } from "./http.ts";

/** GitLab's REST API v4, https://docs.gitlab.com/api/rest. */

const pageSize = 100;

const noteSchema = z.object({ id: z.number(), body: z.string(), author: z.object({ id: z.number() }) });
const issueSchema = z.object({ iid: z.number(), title: z.string(), description: z.string().nullish() });
const pipelinesSchema = z.array(z.object({ sha: z.string() }));

/**
 * Writes with the project access token in GITLAB_TOKEN, because a job's own token may not.
 *
 * @throws UserError when a variable that GitLab's jobs have, or GITLAB_TOKEN, is missing
 */
export function gitlabForge(environment: Variables): Forge {
  const read = (name: string) => variable(environment, name);
  const api = read("CI_API_V4_URL");
  const project = `${api}/projects/${read("CI_PROJECT_ID")}`;
  const token = read("GITLAB_TOKEN");

  const call = <T>(schema: z.ZodType<T>, method: string, url: string, body?: object): Promise<T> =>
    requestJson(schema, new URL(url), {
      method,
      headers: { "private-token": token, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const write = async (method: string, path: string, body: object): Promise<void> => {
    await call(z.unknown(), method, `${project}/${path}`, body);
  };
  const all = async <T>(schema: z.ZodType<T>, path: string): Promise<T[]> => {
    const found: T[] = [];
    for (let page = 1; ; page += 1) {
      const url = `${project}/${path}&per_page=${pageSize}&page=${page}`;
      const part = await call(z.array(schema), "GET", url);
      found.push(...part);
      if (part.length < pageSize) {
        return found;
      }
    }
  };
  const account = async () => (await call(z.object({ id: z.number() }), "GET", `${api}/user`)).id;
  const notes = () => `merge_requests/${read("CI_MERGE_REQUEST_IID")}/notes`;

  return {
    runUrl: read("CI_PIPELINE_URL"),
    ownComments: async () => {
      const me = await account();
      const found = await all(noteSchema, `${notes()}?sort=asc&order_by=created_at`);
      return found.filter(({ author }) => author.id === me).map(({ id, body }) => ({ id, body }));
    },
    createComment: (body) => write("POST", notes(), { body }),
    updateComment: (id, body) => write("PUT", `${notes()}/${id}`, { body }),
    ownOpenIssues: async () => {
      const found = await all(issueSchema, `issues?state=opened&author_id=${await account()}`);
      return found.map(({ iid, title, description }) => ({ number: iid, title, body: description ?? "" }));
    },
    openIssue: (title, body) => write("POST", "issues", { title, description: body }),
    updateIssue: (number, title, body) => write("PUT", `issues/${number}`, { title, description: body }),
    closeIssue: async (number, comment) => {
      await write("POST", `issues/${number}/notes`, { body: comment });
      await write("PUT", `issues/${number}`, { state_event: "close" });
    },
    // The file is one and has one workflow: what it is called says nothing here.
    lastSuccess: async () => {
      const query = new URLSearchParams({
        ref: read("CI_COMMIT_REF_NAME"),
        source: "push",
        status: "success",
        per_page: "1",
      });
      return (await call(pipelinesSchema, "GET", `${project}/pipelines?${query}`))[0]?.sha;
    },
  };
}
