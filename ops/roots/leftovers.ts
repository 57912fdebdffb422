import { join } from "node:path";
import { projectName, stateFolder } from "../stack/stack.ts";
import type { Target } from "../stack/target.ts";

/** The places that may have copies of the old roots, for whoever has to destroy them. */
export function leftovers(target: Target): string {
  const { stack } = target;
  return [
    "The old roots open nothing any more but what was copied before. Copies of them are left, and must be destroyed by hand:",
    ...(target.kind === "own" ? backendsCopies(stack) : folderCopies(target)),
    "  what `pulumi stack export` wrote to files, and backups of the state or of the disk that it is on",
    "  logs of `pulumi preview --diff` and `--json`, of `up --diff`, and of `stack --show-ids`, in CI too",
    'docs/operations.md, "Roots in the clear", says how.',
  ].join("\n");
}

function folderCopies(target: Target): string[] {
  const pulumi = join(stateFolder(target), ".pulumi");
  const { stack } = target;
  return [
    `  ${join(pulumi, "history", projectName, stack)}`,
    `  ${join(pulumi, "backups", projectName, stack)}`,
    `  ${join(pulumi, "stacks", projectName, `${stack}.json.bak`)}`,
  ];
}

const backendsCopies = (stack: string): string[] => [
  `  the history of the stack ${stack} in your backend: in a bucket .pulumi/history/${projectName}/${stack}/,`,
  `  .pulumi/backups/${projectName}/${stack}/ and .pulumi/stacks/${projectName}/${stack}.json.bak, with their old versions`,
];
