import { createInterface } from "node:readline/promises";
import { UserError } from "../../lib/terminal/errors.ts";

/**
 * Has the tenant's id, or the stack's name, typed before something that cannot be taken back by a key.
 *
 * @throws UserError if it is not, or if there is nobody at a terminal to type it
 */
export async function confirmTenant(id: string): Promise<void> {
  if (process.stdin.isTTY !== true) {
    throw new UserError(
      "There is no terminal to confirm at; --yes confirms, --dry-run only shows. Nothing was changed.",
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const abort = new AbortController();
  terminal.on("SIGINT", () => abort.abort());
  try {
    const answer = await terminal.question(`Type ${id} to go on: `, { signal: abort.signal });
    if (answer.trim() !== id) {
      throw new UserError(`That is not ${id}. Nothing was changed.`);
    }
  } catch (error) {
    throw abort.signal.aborted ? new UserError("Nothing was changed.") : error;
  } finally {
    terminal.close();
  }
}
