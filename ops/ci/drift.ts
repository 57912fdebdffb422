import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../lib/terminal/errors.ts";
import { type Column, tableLines } from "../../lib/terminal/table.ts";
import { type StackPreview, stepKinds } from "../review/model.ts";
import type { Forge } from "./forge.ts";

/** The findings of a stack's nightly comparison of files, state and cloud; one part file a stack. */
const driftSchema = z.strictObject({
  stack: z.string(),
  /** `unknown`: the comparison itself failed. */
  outcome: z.enum(["clean", "drifted", "unknown"]),
  /** The operations of the next update, by resource. */
  changes: z.array(z.strictObject({ kind: z.enum(stepKinds), type: z.string(), name: z.string() })),
  /** Objects that hold data and are being deleted: deletionsText. */
  beingDeleted: z.string(),
});

export type Drift = z.infer<typeof driftSchema>;

/**
 * The results in a folder, a JSON file each; none if there is no such folder.
 *
 * @throws UserError for a file that is no result
 */
export async function readDrifts(folder: string): Promise<Drift[]> {
  const names = existsSync(folder) ? await readdir(folder) : [];
  const files = names.filter((name) => name.endsWith(".json")).sort();
  return Promise.all(files.map((name) => readDrift(join(folder, name))));
}

async function readDrift(file: string): Promise<Drift> {
  try {
    return driftSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    throw new UserError(`${file} is no result of \`pipeline drift --out\`.`);
  }
}

/**
 * @param preview of the stack, with a refresh before it
 * @param beingDeleted what the cluster says is being deleted, which no preview shows; undefined if it did not answer
 */
export function driftOf({ stack, outcome, changes }: StackPreview, beingDeleted: string | undefined): Drift {
  if (outcome !== "previewed" || beingDeleted === undefined) {
    return { stack, outcome: "unknown", changes: [], beingDeleted: beingDeleted ?? "" };
  }
  return {
    stack,
    outcome: changes.length === 0 && beingDeleted === "" ? "clean" : "drifted",
    changes: changes.flatMap(({ kind, type, names }) => names.map((name) => ({ kind, type, name }))),
    beingDeleted,
  };
}

const marker = (stack: string) => `<!-- openclaw-tenants: drift ${stack} -->`;

const titles: Record<"drifted" | "unknown", (stack: string) => string> = {
  drifted: (stack) => `${stack} is not as its files say`,
  unknown: (stack) => `${stack} could not be compared with its files`,
};

type Change = Drift["changes"][number];

const columns: readonly Column<Change>[] = [
  { title: "CHANGE", value: ({ kind }) => kind },
  { title: "NAME", value: ({ name }) => name },
  { title: "TYPE", value: ({ type }) => type },
];

/** Resources that an issue lists; beyond, the number alone. */
const listed = 50;

/** Markdown of the issue: names and operations only, for values may be anybody's. */
export function driftText({ stack, outcome, changes, beingDeleted }: Drift, runUrl: string): string {
  const more = changes.length - listed;
  const deletions = beingDeleted === "" ? [] : ["```", beingDeleted, "```", ""];
  const differences =
    outcome === "unknown"
      ? [`The comparison failed; [the run](${runUrl}) says why.`]
      : changes.length === 0
        ? []
        : [
            `The next update would do this, for somebody changed it by hand, or what was merged was never applied ([run](${runUrl})):`,
            "",
            "```",
            ...tableLines(columns, changes.slice(0, listed)),
            ...(more > 0 ? [`and ${more} more`] : []),
            "```",
            "",
            `\`npm run preview -- --stack ${stack} -- --refresh --diff\` shows what is different, ` +
              `\`npm run up -- --stack ${stack} -- --refresh\` makes it as the files say.`,
          ];
  return [
    marker(stack),
    ...deletions,
    ...differences,
    "",
    "This issue closes itself when the stack is found as its files say.",
  ].join("\n");
}

/** Opens, updates or closes the one issue of the stack. */
export async function writeDriftIssue(
  forge: Pick<Forge, "ownOpenIssues" | "openIssue" | "updateIssue" | "closeIssue" | "runUrl">,
  drift: Drift,
): Promise<"opened" | "updated" | "closed" | "none"> {
  const { stack, outcome } = drift;
  const open = (await forge.ownOpenIssues()).find(({ body }) => body.startsWith(marker(stack)));
  if (outcome === "clean") {
    if (open === undefined) {
      return "none";
    }
    await forge.closeIssue(open.number, `As its files say again: ${forge.runUrl}`);
    return "closed";
  }
  const text = driftText(drift, forge.runUrl);
  if (open === undefined) {
    await forge.openIssue(titles[outcome](stack), text);
    return "opened";
  }
  await forge.updateIssue(open.number, titles[outcome](stack), text);
  return "updated";
}
