import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, readFile, readlink, rm } from "node:fs/promises";
import { createServer, connect as dial, type Server } from "node:net";
import { delimiter, join } from "node:path";
import { backupCronJobSpec } from "../../components/backup/backup.ts";
import { type RestoreArgs, restoreJobSpec } from "../../components/backup/restore.ts";
import { backupScheduleSchema } from "../../components/backup/schedule.ts";
import type { Container, Job } from "../../components/job.ts";
import type { ServiceFacts } from "../../components/services/sharedServices.ts";
import { ensurePackages } from "../../embedded/debian/packages.ts";
import { relocate } from "../../embedded/debian/relocate.ts";
import { backupImage } from "../../embedded/images/services/backup.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { inClusterFacts } from "../fixtures/services.ts";

/**
 * Runs the steps of the very pods that the program emits as processes of this machine: their commands and their
 * environment, with the places of a pod in folders of a test.
 */
export interface Places {
  /** Where the pods' `/work` and `/data` are. */
  readonly work: string;
  readonly volume: string;
  /** Values by the Secret's keys. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Differences from the pod's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly services: ServiceFacts;
}

/** Facts of services that run on this machine. */
export const factsOf = (endpoint: string, databasePort: number): ServiceFacts => ({
  ...inClusterFacts,
  database: { ...inClusterFacts.database, port: databasePort },
  objectStore: { ...inClusterFacts.objectStore, endpoint },
});

/** The backup's pod, one step after the other, as far as `until`. @returns of the last step that ran */
export function backUp(tenant: Tenant, places: Places, until?: string): Promise<RunResult> {
  const { services } = places;
  const schedule = backupScheduleSchema.parse({});
  const instance = { image: "localhost/openclaw:test" };
  const spec = backupCronJobSpec({ tenant, instance, services }, schedule);
  return runSteps(spec.jobTemplate.spec?.template.spec, places, until);
}

/** A restore's pod. */
export function restoreInto(
  args: Omit<RestoreArgs, "services" | "instance">,
  places: Places,
): Promise<RunResult> {
  const instance = { image: "localhost/openclaw:test" };
  const job = restoreJobSpec({ ...args, instance, services: places.services });
  return runSteps(job.spec?.template.spec, places);
}

type PodSpec = NonNullable<NonNullable<Job["spec"]>["template"]["spec"]>;

async function runSteps(pod: PodSpec | undefined, places: Places, until?: string): Promise<RunResult> {
  const steps = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
  await mkdir(places.work, { recursive: true });
  let result: RunResult | undefined;
  for (const step of steps) {
    result = await runStep(step, places);
    if (result.code !== 0 || step.name === until) {
      break;
    }
  }
  if (result === undefined) {
    throw new Error("a pod without steps");
  }
  return result;
}

/** One step of a pod. */
export function runStep(step: Container, places: Places, timeout = 120_000): Promise<RunResult> {
  const [command = "", ...args] = step.command ?? [];
  return run(command, args, { env: environmentOf(step, places), timeout });
}

function environmentOf(step: Container, { work, volume, secrets, environment }: Places): NodeJS.ProcessEnv {
  const own = Object.fromEntries(
    (step.env ?? []).flatMap(({ name, value, valueFrom }) => {
      const { key, optional } = valueFrom?.secretKeyRef ?? {};
      const text = key === undefined ? (value ?? "") : secrets[key];
      if (text === undefined && !optional) {
        throw new Error(`${step.name} wants the key ${key} of a Secret`);
      }
      return text === undefined ? [] : [[name, inFolders(text, { "/work": work, "/data": volume })]];
    }),
  );
  return { ...own, ...environment };
}

/** A pod's path as the test has it. */
function inFolders(text: string, folders: Readonly<Record<string, string>>): string {
  const found = Object.entries(folders).find(([path]) => text === path || text.startsWith(`${path}/`));
  return found === undefined ? text : found[1] + text.slice(found[0].length);
}

/** restic of Debian's trixie; a folder for PATH. */
export async function restic(folder: string): Promise<string> {
  const packages = await ensurePackages(backupImage.packages, terminalProgress());
  await relocate(packages, folder, ["usr/bin"]);
  return join(folder, "usr/bin");
}

export const pathOf = (...folders: readonly string[]): string =>
  [...folders, "/usr/sbin", "/usr/bin", "/sbin", "/bin"].join(delimiter);

/** A proxy that leads to this machine whatever name is asked for: services have certificates for their names alone. */
export async function proxyToLoopback(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((client) => {
    client.once("data", (head) => {
      const port = /^CONNECT [^ :]+:(\d+) /.exec(head.toString("latin1"))?.[1];
      if (port === undefined) {
        client.destroy();
        return;
      }
      const upstream = dial(Number(port), "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        client.pipe(upstream).pipe(client);
      });
      for (const each of [client, upstream]) {
        each.on("error", () => {
          client.destroy();
          upstream.destroy();
        });
      }
    });
    client.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, server };
}

/** Everything below a folder that must survive: kind, mode and content of each path. */
export async function fingerprint(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).toSorted();
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const stat = await lstat(path);
      const mode = (stat.mode & 0o777).toString(8);
      if (stat.isSymbolicLink()) {
        return [name, `link ${await readlink(path)}`] as const;
      }
      const content = stat.isDirectory()
        ? "folder"
        : createHash("sha256")
            .update(await readFile(path))
            .digest("hex");
      return [name, `${mode} ${content}`] as const;
    }),
  );
  return Object.fromEntries(entries);
}

export const removeAll = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
