import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { type Review, reviewSchema } from "./model.ts";

/**
 * Puts the previews of several jobs side by side: every part is a whole review with the previews of its own stacks. A
 * touched stack that no part has is listed as not previewed.
 *
 * @param folder with a JSON file a part, as `--json --out` writes it
 * @throws UserError if there is no part, one cannot be read, or they are not of the same commits
 */
export async function joinParts(folder: string): Promise<Review> {
  const names = await readdir(folder).catch(() => {
    throw new UserError(`--join ${folder}: there is no such folder.`);
  });
  const files = names.filter((name) => name.endsWith(".json")).sort();
  const parts = await Promise.all(files.map((name) => readPart(join(folder, name))));
  return joined(parts, folder);
}

function joined(parts: readonly Review[], folder: string): Review {
  const [first, ...others] = parts;
  if (first === undefined) {
    throw new UserError(`--join ${folder}: there is no .json file in it, written by --json --out.`);
  }
  const commits = ({ base, head }: Review) => `${base.commit}…${head.commit}`;
  const stranger = others.find((part) => commits(part) !== commits(first));
  if (stranger !== undefined) {
    throw new UserError(
      `--join ${folder}: one part is of ${commits(first)}, another of ${commits(stranger)}; ` +
        "parts of one comment are of the same commits.",
    );
  }
  return { ...first, previews: parts.flatMap(({ previews }) => previews) };
}

async function readPart(file: string): Promise<Review> {
  const parsed = reviewSchema.safeParse(jsonOf(await readFile(file, "utf8")));
  if (!parsed.success) {
    throw new UserError(`${file} is no part of a review:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
