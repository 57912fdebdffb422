import { UserError } from "../../lib/terminal/errors.ts";
import type { Forge } from "./forge.ts";

/**
 * The hidden first line of a text that is written to the same place again and again, by which it is found.
 *
 * @throws UserError when the text has none
 */
export function markerOf(body: string): string {
  const [marker] = /^<!-- [^<>]+ -->(?=\n)/.exec(body) ?? [];
  if (marker === undefined) {
    throw new UserError(
      "The comment's first line must be a hidden marker, <!-- name -->, by which it is found again; " +
        "`npm run review -- --out FILE` writes one.",
    );
  }
  return marker;
}

/** Writes the one comment of its marker: the first that this pipeline wrote, or a new one. */
export async function writeStickyComment(
  forge: Pick<Forge, "ownComments" | "createComment" | "updateComment">,
  body: string,
): Promise<"created" | "updated" | "unchanged"> {
  const marker = markerOf(body);
  const previous = (await forge.ownComments()).find((comment) => comment.body.startsWith(marker));
  if (previous === undefined) {
    await forge.createComment(body);
    return "created";
  }
  if (previous.body.trimEnd() === body.trimEnd()) {
    return "unchanged";
  }
  await forge.updateComment(previous.id, body);
  return "updated";
}
