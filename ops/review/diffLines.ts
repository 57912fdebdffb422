import { printable } from "../../lib/text.ts";
import { shortened } from "../../tenants/problems.ts";
import type { PropertyChange } from "./inputsDiff.ts";
import type { Change, Review, StepKind } from "./model.ts";

/** The sign of a change, as the engine's own display has it. */
export const signs: Readonly<Record<StepKind, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  replace: "+-",
};

/** Every changed property of every stack, as lines of a block that GitHub colours by its first characters. */
export function diffLines({ previews }: Pick<Review, "previews">): string[] {
  return previews
    .filter(({ changes }) => changes.length > 0)
    .flatMap(({ stack, changes }) => [`@@ ${printable(stack)} @@`, ...changes.flatMap(changeLines)]);
}

function changeLines({ kind, type, names, properties, inputs }: Change): string[] {
  return [
    `${signs[kind]} ${type} ${names.map(printable).join(", ")}`,
    ...properties.flatMap(propertyLines),
    ...(inputs === undefined ? [] : inputs.split("\n").map((line) => `+   ${shortened(line, maxText)}`)),
  ];
}

function propertyLines({ path, from, to }: PropertyChange): string[] {
  const property = shortened(path, maxText);
  if (from === undefined && to === undefined) {
    return [`~   ${property}: not shown`];
  }
  return [
    ...(from === undefined ? [] : [`-   ${property}: ${shortened(from, maxText)}`]),
    ...(to === undefined ? [] : [`+   ${property}: ${shortened(to, maxText)}`]),
  ];
}

/** Characters of a path or a value. */
const maxText = 200;
