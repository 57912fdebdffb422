import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineKind } from "../../embedded/index.ts";
import { type BenchCell, openBenchCell } from "../cell.ts";
import { tenantId } from "../samples.ts";
import type { Open, Operations } from "./index.ts";
import { type StateTenant, tenantInState, tenantsFileVariable } from "./stateTenants.ts";

const program = join(import.meta.dirname, "program");

/** The plain program of program/, which registers the objects that so many tenants have in a cell of this program. */
export async function plainProgram(kind: EngineKind, count: number): Promise<Open> {
  const tenants = await sampleTenants(kind, count);
  return (cell) => openPlainStack(cell, tenants);
}

async function sampleTenants(engine: EngineKind, count: number): Promise<readonly StateTenant[]> {
  const cell = await openBenchCell({ engine });
  try {
    await cell.grow(count);
    await cell.up();
    const state = await cell.stateText();
    return Array.from({ length: count }, (_, number) => tenantInState(state, tenantId(number)));
  } finally {
    await cell.close();
  }
}

/** A stack on the cluster of a cell whose own stack is empty. */
async function openPlainStack(cell: BenchCell, tenants: readonly StateTenant[]): Promise<Operations> {
  const folder = join(cell.home, "plain");
  const file = join(folder, "tenants.json");
  const variables = {
    PULUMI_OPTION_CONFIG_FILE: join(folder, "Pulumi.plain.yaml"),
    [tenantsFileVariable]: file,
  };
  const pulumi = (cwd: string, ...args: string[]) =>
    cell.pulumi([...args, "--stack", "plain", "--cwd", cwd], variables);
  let size = 0;
  const grow = async (count: number) => {
    await writeFile(file, JSON.stringify(tenants.slice(0, count)));
    size = count;
  };
  await mkdir(folder);
  await copyFile(join(program, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  await grow(0);
  // In the copy's folder, because it writes settings beside the project file.
  await pulumi(folder, "stack", "init");
  return {
    size: () => size,
    grow,
    preview: () => pulumi(program, "preview"),
    up: () => pulumi(program, "up", "--yes", "--skip-preview"),
  };
}
