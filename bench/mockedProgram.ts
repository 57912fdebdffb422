import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { emptyCluster, useClusterReader } from "../components/cluster/reader.ts";
import { rootLength } from "../components/randomRoot.ts";
import { repository } from "../lib/system/paths.ts";

/**
 * `node mockedProgram.ts <folder of tenant files>`: runs index.ts under mocks, as a process of its own so that its
 * peak memory is the program's. Prints `{"seconds": …, "peakMiB": …}`; the seconds are of the whole process.
 */

/** Outputs of RandomPassword. */
const random = { result: "x".repeat(rootLength) };
const folder = process.argv[2] ?? "";
if (!existsSync(folder)) {
  throw new Error(`no folder ${folder}`);
}
const { config } = parse(readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8"));
const settings = { ...config, "openclaw:tenants": folder, "openclaw:maxTenants": 1000 };

await pulumi.runtime.setMocks(
  {
    newResource: ({ name }) => ({ id: name, state: random }),
    call: () => ({ outputs: {} }),
  },
  "openclaw",
  "dev",
  false,
  "organization",
);
pulumi.runtime.setAllConfig(
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ),
);
useClusterReader(async () => emptyCluster);
await import("../index.ts");
await pulumi.runtime.disconnect();
const { maxRSS } = process.resourceUsage();
// maxRSS is in KiB; uptime starts with the process, so that loading the packages counts.
console.log(JSON.stringify({ seconds: process.uptime(), peakMiB: maxRSS / 1024 }));
