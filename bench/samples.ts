import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The middle one, or the mean of the two in the middle. @throws RangeError of no samples */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const pair = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  if (pair.length === 0) {
    throw new RangeError("the median of no samples");
  }
  return pair.reduce((sum, each) => sum + each, 0) / pair.length;
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Writes the files of the tenants numbered `from` up to and without `to`. */
export async function writeTenants(folder: string, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number++) {
    await writeFile(join(folder, `${tenantId(number)}.yaml`), tenantText(number));
  }
}

export async function suspendTenant(folder: string, number: number): Promise<void> {
  await writeFile(join(folder, `${tenantId(number)}.yaml`), `${tenantText(number)}state: suspended\n`);
}

export const tenantId = (number: number): string => `t${String(number).padStart(4, "0")}`;

/** The shortest tenant file, of the smallest plan. */
const tenantText = (number: number) => `displayName: Tenant ${number}
owner: owner@t${number}.example
plan: basic
users:
  - { email: alice@t${number}.example, role: admin }
`;
