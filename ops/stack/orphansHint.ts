import { readStack } from "../../settings/stacks.ts";
import type { Target } from "./target.ts";

/** Lines to end a failed update with: none unless the stack's provider may have made something and forgotten it. */
export function orphansHint({ kind, stack }: Pick<Target, "kind" | "stack">): string[] {
  return kind === "own" && readStack(stack)?.clusterKind === "tke"
    ? [
        `Before the next one, look for what was made in the cloud and is not in the state: \`npm run orphans -- --stack ${stack}\`.`,
      ]
    : [];
}
