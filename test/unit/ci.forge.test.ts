import { expect, test } from "vitest";
import { UserError } from "../../lib/terminal/errors.ts";
import { forgeOf } from "../../ops/ci/forgeOf.ts";
import { markerOf, writeStickyComment } from "../../ops/ci/stickyComment.ts";
import { type HttpAnswer, type HttpRequest, httpServer } from "../fixtures/httpServer.ts";

const body = "<!-- openclaw-tenants review -->\n# Two tenants\n";

/** GitHub's or GitLab's API with an answer for each `METHOD /path`, query left out. */
async function forge(kind: "github" | "gitlab", answers: Readonly<Record<string, unknown>>) {
  const answer = ({ method, path }: HttpRequest): HttpAnswer => {
    const found = answers[`${method} ${path.split("?")[0]}`];
    return found === undefined ? { status: 404, json: { message: "Not Found" } } : { json: found };
  };
  const server = await httpServer(answer);
  const environment = {
    github: {
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: server.url,
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "acme/fleet",
      GITHUB_REF_NAME: "main",
      GITHUB_RUN_ID: "7",
      GITHUB_TOKEN: "job-token",
      PULL_REQUEST: "12",
    },
    gitlab: {
      GITLAB_CI: "true",
      CI_API_V4_URL: server.url,
      CI_PROJECT_ID: "5",
      CI_MERGE_REQUEST_IID: "12",
      CI_COMMIT_REF_NAME: "main",
      CI_PIPELINE_URL: "https://gitlab.example/p/7",
      GITLAB_TOKEN: "project-token",
    },
  }[kind];
  return {
    forge: forgeOf(environment),
    calls: () => server.requests.map(({ method, path }) => `${method} ${path}`),
    last: () => server.requests.at(-1),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const bot = { login: "github-actions[bot]" };
const thread = "/repos/acme/fleet/issues/12/comments";

test("the first comment of a pull request is created with the job's token", async () => {
  await using github = await forge("github", { [`GET ${thread}`]: [], [`POST ${thread}`]: {} });
  expect(await writeStickyComment(github.forge, body)).toBe("created");
  expect(github.last()).toMatchObject({
    body: JSON.stringify({ body }),
    headers: { authorization: "Bearer job-token" },
  });
});

test("the next one replaces it; a person who quotes the marker keeps the comment", async () => {
  const comments = [
    { id: 1, body, user: { login: "mallory" } },
    { id: 2, body: `> ${body}`, user: bot },
    { id: 3, body: `${body}old`, user: bot },
    { id: 4, body: null, user: null },
  ];
  await using github = await forge("github", {
    [`GET ${thread}`]: comments,
    "PATCH /repos/acme/fleet/issues/comments/3": {},
  });
  expect(await writeStickyComment(github.forge, body)).toBe("updated");
  expect(github.last()?.method).toBe("PATCH");
});

test("a comment that says the same already is left alone", async () => {
  await using github = await forge("github", {
    [`GET ${thread}`]: [{ id: 3, body: body.trimEnd(), user: bot }],
  });
  expect(await writeStickyComment(github.forge, body)).toBe("unchanged");
});

test("the comment is found on a later page", async () => {
  const others = Array.from({ length: 100 }, (_, id) => ({ id, body: "hello", user: bot }));
  const answer = ({ method, path }: HttpRequest): HttpAnswer =>
    method === "PATCH"
      ? { json: {} }
      : { json: path.endsWith("page=1") ? others : [{ id: 900, body: `${body}!`, user: bot }] };
  await using server = await httpServer(answer);
  const environment = {
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: server.url,
    GITHUB_SERVER_URL: "s",
    GITHUB_REPOSITORY: "acme/fleet",
    GITHUB_RUN_ID: "7",
    GITHUB_TOKEN: "t",
    PULL_REQUEST: "12",
  };
  expect(await writeStickyComment(forgeOf(environment), body)).toBe("updated");
  expect(server.requests.at(-1)?.path).toBe("/repos/acme/fleet/issues/comments/900");
});

test.each(["# no marker\n", "<!-- open\n", " <!-- late -->\n", "<!-- a --> text\n"])(
  "%j has no marker",
  (text) => {
    expect(() => markerOf(text)).toThrow(UserError);
  },
);

test("GitHub is asked for the last good run of a push", async () => {
  const path = "/repos/acme/fleet/actions/workflows/up.yml/runs";
  await using github = await forge("github", { [`GET ${path}`]: { workflow_runs: [{ head_sha: "abc" }] } });
  expect(await github.forge.lastSuccess("up.yml")).toBe("abc");
  expect(github.calls()).toEqual([`GET ${path}?branch=main&event=push&status=success&per_page=1`]);
});

test("GitHub's pull requests are no issues, and an issue is closed with a word", async () => {
  await using github = await forge("github", {
    "GET /repos/acme/fleet/issues": [
      { number: 1, title: "a", body: null, pull_request: {} },
      { number: 2, title: "b", body: "text" },
    ],
    "POST /repos/acme/fleet/issues/2/comments": {},
    "PATCH /repos/acme/fleet/issues/2": {},
  });
  expect(await github.forge.ownOpenIssues()).toEqual([{ number: 2, title: "b", body: "text" }]);
  await github.forge.closeIssue(2, "fine");
  expect(github.calls().slice(1)).toEqual([
    "POST /repos/acme/fleet/issues/2/comments",
    "PATCH /repos/acme/fleet/issues/2",
  ]);
});

const notes = "/projects/5/merge_requests/12/notes";

test("on GitLab the note of the token's own account is replaced", async () => {
  await using gitlab = await forge("gitlab", {
    "GET /user": { id: 9 },
    [`GET ${notes}`]: [
      { id: 1, body, author: { id: 4 } },
      { id: 2, body: `${body}old`, author: { id: 9 } },
    ],
    [`PUT ${notes}/2`]: {},
  });
  expect(await writeStickyComment(gitlab.forge, body)).toBe("updated");
  expect(gitlab.last()).toMatchObject({
    method: "PUT",
    body: JSON.stringify({ body }),
    headers: { "private-token": "project-token" },
  });
});

test("on GitLab the last good pipeline of a push says what is up", async () => {
  await using gitlab = await forge("gitlab", { "GET /projects/5/pipelines": [] });
  expect(await gitlab.forge.lastSuccess("up.yml")).toBeUndefined();
  expect(gitlab.calls()).toEqual([
    "GET /projects/5/pipelines?ref=main&source=push&status=success&per_page=1",
  ]);
});

test("a refusal says what was asked, and neither the token nor the query", async () => {
  await using github = await forge("github", {});
  const error = await github.forge.lastSuccess("up.yml").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toMatch(/GET .*\/actions\/workflows\/up\.yml\/runs: HTTP 404/);
  expect((error as UserError).message).not.toContain("job-token");
});

test("outside of a pipeline, and with a variable missing, the message says so", () => {
  expect(() => forgeOf({})).toThrow(/GITHUB_ACTIONS/);
  expect(() => forgeOf({ GITHUB_ACTIONS: "true", GITHUB_API_URL: "x", GITHUB_REPOSITORY: "y" })).toThrow(
    /GITHUB_TOKEN/,
  );
});
