import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The record of a home's real node, beside its cluster. */
export interface NodeRecord {
  /** See networkOf. */
  readonly slot: number;
  /** The OpenClaw image that tenants run. */
  readonly image: string;
  /** OpenClaw's image, if the command line gave it. */
  readonly givenImage?: string | undefined;
  /** Images of the shared services, as the setting `openclaw:services.images` names them. */
  readonly serviceImages?: Readonly<Record<string, string>>;
  /** Interface of this machine that forwards packets only since the node was started. */
  readonly forwarding?: string;
}

const file = (home: string): string => join(home, "node.json");

/** @returns undefined if the home's cluster, if there is one, has simulated nodes only */
export function readNodeRecord(home: string): NodeRecord | undefined {
  try {
    return JSON.parse(readFileSync(file(home), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

export async function writeNodeRecord(home: string, record: NodeRecord): Promise<void> {
  await writeFile(file(home), JSON.stringify(record));
}

export async function removeNodeRecord(home: string): Promise<void> {
  await rm(file(home), { force: true });
}
