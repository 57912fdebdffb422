import { access, constants, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { maskedFolders } from "./namespaces.ts";
import { freeNetwork, hostRules, isNodeLink, type NodeNetwork, uplink } from "./network.ts";

/** Programs of the system itself; everything else is brought along. */
const programs = ["apt-get", "dpkg-deb", "unshare", "nsenter", "mount", "umount", "losetup", "tar"];

/**
 * @param folders whose content the node needs
 * @throws UserError that names everything that is in the way
 */
export async function assertRealNodePossible(folders: readonly string[]): Promise<void> {
  if (process.platform !== "linux") {
    throw new UserError(`--nodes real needs Linux, and this is ${process.platform}. ${elsewhere}`);
  }
  const missing = await Promise.all(programs.map(async (name) => ((await onPath(name)) ? [] : [name])));
  const problems = [
    ...(process.getuid?.() === 0 ? [] : ["root: it makes namespaces, mounts and cgroups"]),
    ...missing.flat().map((name) => `the program ${name} on PATH`),
    ...folders.flatMap((folder) =>
      maskedFolders.some((masked) => `${folder}/`.startsWith(`${masked}/`))
        ? [`a place outside of ${maskedFolders.join(", ")} for ${folder} (OPENCLAW_LOCAL, OPENCLAW_CACHE)`]
        : [],
    ),
  ];
  if (problems.length > 0) {
    throw new UserError(
      `--nodes real needs what is not here:\n${problems.map((each) => `  ${each}`).join("\n")}\n${elsewhere}`,
    );
  }
}

const elsewhere =
  "A cluster of kind or k3d does as well: npm run up -- --context NAME; docs/node.md shows how.";

async function onPath(name: string): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** @throws UserError if this machine has no addresses left */
export async function chooseNetwork(home: string): Promise<NodeNetwork> {
  const table = await readFile("/proc/net/route", "utf8");
  const network = freeNetwork(home, routeDestinations(table));
  if (network === undefined) {
    throw new UserError(
      "This machine has routes to all of 10.0.0.0/8: there is no address range left for a real node.",
    );
  }
  return network;
}

/** Destinations, `10.0.3.0/24`, of a table as proc(5) describes /proc/net/route: hexadecimal, in the order of bytes. */
export function routeDestinations(table: string): string[] {
  const address = (hex: string) => [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.split(/\s+/);
      const [destination, mask] = [fields[1], fields[7]];
      if (destination === undefined || mask === undefined) {
        return [];
      }
      const bits = address(mask).reduce(
        (count, byte) => count + byte.toString(2).replaceAll("0", "").length,
        0,
      );
      return [`${address(destination).join(".")}/${bits}`];
    });
}

/** Ties the node's network to this machine's. @returns the interface that forwards packets only since then, if any */
export async function connectHost(
  network: NodeNetwork,
  pid: number,
  apiServerPort: number,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { name, hostAddress, nodeAddress } = network;
  await disconnectHost(network, env);
  await succeed(["ip", "link", "add", name, "type", "veth", "peer", "name", uplink, "netns", `${pid}`], env);
  await succeed(["ip", "address", "add", `${hostAddress}/30`, "dev", name], env);
  await succeed(["ip", "link", "set", name, "up"], env);
  for (const range of [network.podRange, network.serviceRange]) {
    await succeed(["ip", "route", "add", range, "via", nodeAddress], env);
  }
  // For the rule that leads to the API server on loopback; for packets of this interface only.
  await writeFile(interfaceSetting(name, "route_localnet"), "1");
  await writeFile(interfaceSetting(name, "forwarding"), "1");
  await succeed(["nft", "-f", "-"], env, hostRules(network, apiServerPort));
  return startForwarding();
}

/** Fine if there is nothing of it. */
export async function disconnectHost({ name }: NodeNetwork, env: NodeJS.ProcessEnv): Promise<void> {
  await run("ip", ["link", "delete", name], { env });
  await run("nft", ["delete", "table", "ip", name], { env });
}

const interfaceSetting = (name: string, setting: string) => `/proc/sys/net/ipv4/conf/${name}/${setting}`;

/** Answers from the world come in by the interface of the default route. */
async function startForwarding(): Promise<string | undefined> {
  const name = defaultInterface(await readFile("/proc/net/route", "utf8"));
  if (name === undefined || (await readFile(interfaceSetting(name, "forwarding"), "utf8")).trim() !== "0") {
    return undefined;
  }
  await writeFile(interfaceSetting(name, "forwarding"), "1");
  return name;
}

/** Unless the node of another home still needs it; then it stays. */
export async function stopForwarding(name: string): Promise<void> {
  if ((await readdir("/sys/class/net")).some(isNodeLink)) {
    return;
  }
  await writeFile(interfaceSetting(name, "forwarding"), "0").catch(ignoreMissing);
}

/** The interface is gone. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") {
    throw error;
  }
}

export function defaultInterface(table: string): string | undefined {
  const line = table.split("\n").find((each) => /^\S+\s+00000000\s/.test(each));
  return line?.split(/\s+/)[0];
}

async function succeed(
  command: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  input?: string,
): Promise<void> {
  const [program, ...args] = command;
  const { code, stderr } = await run(program, args, { env, ...(input === undefined ? {} : { input }) });
  if (code !== 0) {
    throw new UserError(`real node: ${command.join(" ")} failed: ${stderr.trim()}`);
  }
}
