import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jsonText } from "../../lib/system/json.ts";
import { repository } from "../../lib/system/paths.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { type Progress, terminalProgress } from "../../lib/terminal/progress.ts";
import { printableLines } from "../../lib/text.ts";
import { type FleetStack, readFleet } from "../../settings/stacks.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { orReport } from "../commandLine/orReport.ts";
import { collectReview } from "../review/collect.ts";
import { commentOf } from "../review/comment.ts";
import { changedFiles, changesSince } from "../review/git.ts";
import { joinParts } from "../review/join.ts";
import type { Review, StackPreview } from "../review/model.ts";
import { noPreview } from "../review/preview.ts";
import { withoutAddresses } from "../review/privacy.ts";
import { previewStack } from "../review/runPreview.ts";
import { touchedStacks } from "../review/touched.ts";
import { givenPath, targetOf } from "../stack/target.ts";

const help = {
  usage: "npm run review -- [--base REF] [--stack NAME]… [options]",
  text: `What a branch changes, as the comment of its pull request: tenants, price, resources of the touched stacks, what is
destructive, what policies say, and the full diff. It previews and changes nothing. What is not committed yet counts too.

  --base REF         what to compare with, from where the branch left it; main unless given
  --stack NAME       preview this stack, touched or not, and no other; may be given several times
  --no-preview       the files alone: tenants, price, touched stacks; no engine, no cluster, no credentials
  --policy-pack DIR  policies to ask; policy/ of the repository unless given
  --json             print the review as JSON instead of Markdown
  --out FILE         write it to a file
  --engine KIND      official or stand-in: that engine or none
  --help             print this

Instead of a review:
  --list-stacks      the touched stacks that are set up, a line each, in the order to update them: owners of platforms,
                     canary cells, the others; with --json {"stacks": [{"stack", "role", "platform", "clusterKind",
                     "canary", "because"}], "notSetUp": ["…"], "findings": ["…"]}
  --from-files FILE  with --list-stacks: the changed files from a file in which \`git diff --name-status --no-renames\`
                     has listed them, for a clone without history
  --join DIR         one comment out of parts, each written by --json --out FILE with --stack NAME in a job of its own,
                     which has the credentials of that stack's cluster, or with --no-preview

dev is previewed on the embedded cluster, which is started if need be; other stacks with your own Pulumi login.
Exit code 0 when all is fine, 1 when tenant files are refused or a preview fails, 2 for wrong usage, 130 interrupted.`,
};

const options = {
  base: { type: "string", default: "main" },
  stack: { type: "string", multiple: true },
  "no-preview": { type: "boolean", default: false },
  "policy-pack": { type: "string" },
  json: { type: "boolean", default: false },
  out: { type: "string" },
  engine: { type: "string" },
  "list-stacks": { type: "boolean", default: false },
  "from-files": { type: "string" },
  join: { type: "string" },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { values } = parsed;
  if (parsed.rest.length > 0) {
    throw new UsageError(`Nothing may follow a second "--".\nusage: ${help.usage}`);
  }
  if (values["list-stacks"]) {
    return listStacks(values);
  }
  if (values["from-files"] !== undefined) {
    throw new UsageError(
      "--from-files requires --list-stacks: a review needs git for what files said before.",
    );
  }
  const review = withoutAddresses(
    values.join === undefined ? await reviewed(values) : await joinParts(givenPath(values.join)),
  );
  await print(values, values.json ? jsonText(review) : commentOf(review));
  const isRefused = review.problems !== undefined;
  return isRefused || review.previews.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}

interface ReviewValues {
  readonly base: string;
  readonly stack?: readonly string[] | undefined;
  readonly "no-preview": boolean;
  readonly "policy-pack"?: string | undefined;
  readonly engine?: string | undefined;
}

async function reviewed(values: ReviewValues): Promise<Review> {
  const policyPack = policyPackFolder(values["policy-pack"]);
  const { review, fleet } = await collectReview(values.base, repository);
  const stacks = values["no-preview"] ? [] : (values.stack ?? review.touched.map(({ stack }) => stack));
  const progress = terminalProgress();
  const previews: StackPreview[] = [];
  for (const stack of stacks) {
    previews.push(await previewOf(stack, { review, fleet, policyPack, engine: values.engine, progress }));
  }
  return { ...review, previews };
}

interface PreviewContext {
  readonly review: Review;
  readonly fleet: readonly FleetStack[];
  readonly policyPack: string | undefined;
  readonly engine: string | undefined;
  readonly progress: Progress;
}

/** @throws UserError for a stack that has no settings */
async function previewOf(stack: string, context: PreviewContext): Promise<StackPreview> {
  if (context.review.problems !== undefined) {
    return noPreview(stack, "refused");
  }
  const target = targetOf({ stack, embedded: false, engine: context.engine });
  const isPlaceholder = context.fleet.some((each) => each.stack === stack && each.isPlaceholder);
  return isPlaceholder
    ? noPreview(stack, "notSetUp")
    : previewStack(target, context.policyPack, context.progress);
}

/** @throws UserError for a folder that is no policy pack */
function policyPackFolder(given: string | undefined): string | undefined {
  const folder = given === undefined ? join(repository, "policy") : givenPath(given);
  if (existsSync(join(folder, "PulumiPolicy.yaml"))) {
    return folder;
  }
  if (given === undefined) {
    return undefined;
  }
  throw new UserError(`--policy-pack ${given}: there is no PulumiPolicy.yaml in it.`);
}

interface ListValues {
  readonly base: string;
  readonly json: boolean;
  readonly out?: string | undefined;
  readonly "from-files"?: string | undefined;
}

async function listStacks(values: ListValues): Promise<number> {
  const list = values["from-files"];
  const files =
    list === undefined ? (await changesSince(values.base, repository)).files : await listedFiles(list);
  const fleet = orReport(() => readFleet());
  const { stacks, findings } = touchedStacks(files, fleet);
  const facts = stacks.flatMap(({ stack, because }) =>
    fleet
      .filter((each) => each.stack === stack)
      .map(({ role, platform, clusterKind, canary, isPlaceholder }) => ({
        isPlaceholder,
        shown: { stack, role, platform, clusterKind, canary, because },
      })),
  );
  const ready = facts.flatMap(({ isPlaceholder, shown }) => (isPlaceholder ? [] : [shown]));
  const notSetUp = facts.flatMap(({ isPlaceholder, shown }) => (isPlaceholder ? [shown.stack] : []));
  for (const finding of values.json ? [] : findings) {
    console.error(printableLines(`warning: ${withoutAddresses(finding)}`));
  }
  const names = ready.map(({ stack }) => stack).join("\n");
  const listed = { stacks: ready, notSetUp, findings };
  await print(values, values.json ? jsonText(listed) : printableLines(names));
  return 0;
}

async function listedFiles(file: string) {
  const text = await readFile(givenPath(file), "utf8").catch(() => {
    throw new UserError(`--from-files ${file}: there is no such file.`);
  });
  return changedFiles(text.split(/\r?\n/).flatMap((line) => (line === "" ? [] : line.split("\t"))));
}

async function print({ out }: { readonly out?: string | undefined }, text: string): Promise<void> {
  if (out === undefined) {
    if (text !== "") {
      console.log(text);
    }
    return;
  }
  await writeFile(givenPath(out), `${text}\n`);
}
