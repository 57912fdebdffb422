import { UserError } from "../../lib/terminal/errors.ts";
import type { Forge } from "./forge.ts";
import { githubForge } from "./github.ts";
import { gitlabForge } from "./gitlab.ts";
import type { Variables } from "./http.ts";

/** @throws UserError outside of a pipeline, and when something that its jobs are given is missing */
export function forgeOf(environment: Variables): Forge {
  if (environment.GITHUB_ACTIONS === "true") {
    return githubForge(environment);
  }
  if (environment.GITLAB_CI === "true") {
    return gitlabForge(environment);
  }
  throw new UserError(
    "This works in a pipeline of GitHub Actions or GitLab CI only: neither GITHUB_ACTIONS nor GITLAB_CI is set.",
  );
}
