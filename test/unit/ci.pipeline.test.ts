import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runMain } from "../../ops/main.ts";
import { httpServer } from "../fixtures/httpServer.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

/** The steps as the workflows call them. */
let printed: string[];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line) => printed.push(`${line}\n`));
  vi.spyOn(console, "error").mockReturnValue();
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
const pipeline = (...words: string[]) => runMain(["pipeline", ...words]);

test.each([[["nope"]], [["comment"]], [["login", "--stack", ""]], [["stages", "--stage", "all"]]])(
  "%j is wrong usage",
  async (words) => {
    expect(await pipeline(...words)).toBe(2);
  },
);

test("an option with an empty value is none, as an input of a workflow that was not given", async () => {
  expect(await pipeline("stages", "--stack", "", "--base", "", "--applied-by", "")).toBe(0);
  expect(printed.join("")).toMatch(/^platforms=\[.*\]\ncanaries=\[.*\]\ncells=\[.*\]\nstacks=\[.*\]\n$/);
});

test("an empty stage prints not even an empty line, which a loop would take for a name", async () => {
  expect(await pipeline("stages", "--stack", "dev", "--stage", "stacks")).toBe(0);
  expect(printed).toEqual([""]);
});

test("a stack that does not exist is refused", async () => {
  expect(await pipeline("stages", "--stack", "nowhere")).toBe(1);
  expect(await pipeline("login", "--stack", "nowhere")).toBe(1);
});

test("on GitHub a login is for the steps that follow", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "env");
  vi.stubEnv("GITHUB_ENV", file);
  vi.stubEnv("RUNNER_TEMP", folder.path);
  vi.stubEnv("KUBECONFIG_CONTENT", "apiVersion: v1\n");
  expect(await pipeline("login", "--stack", "dev")).toBe(0);
  const [, kubeconfig = ""] = /^KUBECONFIG=(.+)\n$/.exec(readFileSync(file, "utf8")) ?? [];
  expect(readFileSync(kubeconfig, "utf8")).toBe("apiVersion: v1\n");
  expect(printed.join("")).toBe("");
});

test("the comment is written from the file", async () => {
  await using github = await httpServer(({ method }) => ({ json: method === "GET" ? [] : {} }));
  using folder = temporaryFolder();
  folder.write("comment.md", "<!-- openclaw-tenants: review -->\n\ntext\n");
  for (const [name, value] of Object.entries({
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_REPOSITORY: "acme/fleet",
    GITHUB_RUN_ID: "7",
    GITHUB_TOKEN: "t",
    PULL_REQUEST: "12",
  })) {
    vi.stubEnv(name, value);
  }
  expect(await pipeline("comment", "--file", join(folder.path, "comment.md"))).toBe(0);
  expect(github.requests.map(({ method }) => method)).toEqual(["GET", "POST"]);
  expect(await pipeline("comment", "--file", join(folder.path, "none.md"))).toBe(1);
});
