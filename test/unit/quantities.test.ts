import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { cores, gibibytes, mebibytes, millicores } from "../../components/quantities.ts";

test("the unit is the largest that leaves a whole number", () => {
  expect([512, 1024, 1536, 2048, 1024 * 1024, 1024 ** 4].map(mebibytes)).toEqual([
    "512Mi",
    "1Gi",
    "1536Mi",
    "2Gi",
    "1Ti",
    "1024Pi",
  ]);
  expect([10, 1024, 0].map(gibibytes)).toEqual(["10Gi", "1Ti", "0"]);
});

test("whole cores are written as such, parts of one in thousandths", () => {
  expect([250, 1000, 2500, 0].map(millicores)).toEqual(["250m", "1", "2500m", "0"]);
  expect([0.5, 2, 0.075].map(cores)).toEqual(["500m", "2", "75m"]);
});

test("what is no whole number is refused", () => {
  expect(() => mebibytes(0.5)).toThrow("0.5 MiB: must be a whole number");
  expect(() => millicores(-1)).toThrow("-1 millicores: must be a whole number");
});

/** Objects whose values are quantities, by their key: limits.memory, hard["requests.cpu"], emptyDir.sizeLimit. */
const parents = new Set([
  "limits",
  "requests",
  "hard",
  "default",
  "defaultRequest",
  "max",
  "min",
  "capacity",
]);

/** Every quantity in a manifest, with its path. */
function quantities(value: unknown, path: readonly string[] = []): [path: string, quantity: unknown][] {
  if (typeof value !== "object" || value === null) {
    const [parent = "", key = ""] = path.slice(-2);
    return parents.has(parent) || key === "sizeLimit" ? [[path.join("."), value]] : [];
  }
  return Object.entries(value).flatMap(([key, nested]) => quantities(nested, [...path, key]));
}

/** Whether Kubernetes would write it the same: the largest suffix, no fraction, thousandths below one. */
function isCanonical(quantity: unknown): boolean {
  const [, digits = "", suffix = ""] = /^(0|[1-9]\d*)(m|Ki|Mi|Gi|Ti|Pi|)$/.exec(`${quantity}`) ?? [];
  const step = suffix === "m" || suffix === "" ? 1000 : 1024;
  return typeof quantity === "string" && digits !== "" && (digits === "0" || Number(digits) % step !== 0);
}

test.each(["dev", "ack-platform", "ack-cell-01", "tke-platform", "tke-cell-01"])(
  "the stack %s writes every quantity of a built-in kind as Kubernetes does, so that no plan shows another",
  (stack) => {
    const file = join(import.meta.dirname, "..", "golden", `${stack}.yaml`);
    const inventory: Record<string, { inputs?: unknown }> = parse(readFileSync(file, "utf8"));
    const builtIn = Object.entries(inventory).filter(([name]) =>
      /^kubernetes:(core|apps|batch|[a-z.]+\.k8s\.io)\//.test(name),
    );
    const found = builtIn.flatMap(([name, { inputs }]) => quantities(inputs, [name]));
    expect(found.filter(([, quantity]) => !isCanonical(quantity))).toEqual([]);
    // A platform on a cloud has no pods of its own.
    expect(found.length > 0).toBe(!stack.endsWith("-platform"));
  },
);
