/** Says that tests in real pods are left out on purpose where CI cannot run them. */
export const skipNodeTestsVariable = "OPENCLAW_SKIP_NODE_TESTS";

export interface Machine {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Number of the user; undefined where users have none. */
  readonly uid: number | undefined;
}

/** Whether vitest's arguments choose the project `node`, alone or among others. */
export function choosesNode(args: readonly string[]): boolean {
  const projects = args.flatMap((arg, index) =>
    arg === "--project" ? (args[index + 1] ?? []) : arg.startsWith("--project=") ? arg.slice(10) : [],
  );
  const [wanted, unwanted] = [false, true].map((not) =>
    projects.filter((each) => each.startsWith("!") === not),
  );
  return !unwanted?.includes("!node") && (wanted?.length === 0 || wanted?.includes("node") === true);
}

/**
 * Why a run in CI would be green without the tests in real pods, with what to do; undefined if it would not.
 *
 * On a developer's machine they count as skipped, which somebody reads. In CI nobody does.
 */
export function unseenSkip(
  { environment, platform, uid }: Machine,
  args: readonly string[],
): string | undefined {
  const { CI = "", [skipNodeTestsVariable]: skip = "" } = environment;
  const isCi = !["", "0", "false"].includes(CI.toLowerCase());
  if (!isCi || skip !== "" || platform !== "linux" || uid === 0 || !choosesNode(args)) {
    return undefined;
  }
  return (
    "CI is set, and without root the tests in real pods (what a hostile tenant tries, for one) would be skipped. Run as " +
    `root, as .github/workflows/test.yml does, or set ${skipNodeTestsVariable}=1 to leave them out.`
  );
}
