import { kubectl, placeOf } from "../../embedded/index.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { onInterrupt } from "../../lib/terminal/interrupt.ts";
import { type Progress, terminalProgress } from "../../lib/terminal/progress.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { localOrigin } from "../open/addresses.ts";
import { askForLink, type Link } from "../open/link.ts";
import { activeTenant, assertPodsRun, serviceOf } from "../open/openTenant.ts";
import { type ProxiedTenant, startProxy, type TenantProxy } from "../open/proxy.ts";
import { withKubectl } from "../stack/kubectl.ts";
import { stackOutputs } from "../stack/stackOutputs.ts";
import { type Target, targetOf, targetOptions } from "../stack/target.ts";

/** Browsers remember a tenant by its port as well, so it is the same as long as it is free. */
const firstPort = 8789;
const triedPorts = 10;

const help = {
  usage: "npm run open -- TENANT [options]",
  text: `A tenant's Control UI in a browser. Prints a link that lets one browser in, once, as an administrator of the tenant.
Whoever runs it must be allowed to run commands in the tenant's pod (pods/exec).

On your own cluster, by --stack or --context: the link leads to the tenant's public URL, so through your edge.
On the embedded cluster's real node (npm run up -- --nodes real): there is no edge; a browser of this machine, and nobody
else, comes to the tenant by this command, which passes on what it sends and gets until Ctrl-C. Enter makes another link.

  --stack NAME     the stack; dev unless given
  --context NAME   a cluster of your kubeconfig instead of the embedded one
  --embedded       a stack other than dev on the embedded cluster
  --port N         on the embedded cluster: listen on 127.0.0.1:N; the first free one from ${firstPort} unless given
  --json           for each link a line: {"tenant", "url", "link", "validUntil"}
  --help           print this`,
};

const options = {
  stack: targetOptions.stack,
  context: targetOptions.context,
  embedded: targetOptions.embedded,
  port: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help, ["TENANT"]);
  if (parsed === undefined) {
    return 0;
  }
  const { json, port } = parsed.values;
  const [id = ""] = parsed.words;
  const target = targetOf(parsed.values);
  if (target.kind === "embedded") {
    return openHere(target, id, portsFor(port), json);
  }
  if (port !== undefined) {
    throw new UsageError(`--port is for the embedded cluster; elsewhere ${id} is opened at its public URL`);
  }
  return openAtEdge(target, id, json);
}

/** Opens the tenant's public URL: nothing of this machine stands between. */
async function openAtEdge(target: Target, id: string, json: boolean): Promise<number> {
  const progress = terminalProgress();
  const outputs = await stackOutputs(target, progress);
  const { publicOrigin } = activeTenant(outputs, target, id);
  const link = await withKubectl(target, outputs, ({ run }) =>
    linkFrom(progress, id, () => askForLink(run, id, publicOrigin)),
  );
  const url = `${publicOrigin}/`;
  console.log(
    json
      ? linkLine(id, url, link)
      : `${introduction(link)} The browser is remembered: from then on it comes in by\n${url}.`,
  );
  return 0;
}

/** Opens a proxy on this machine, in the place of the edge that the embedded cluster does not have. */
async function openHere(
  target: Target,
  id: string,
  ports: readonly number[],
  json: boolean,
): Promise<number> {
  const progress = terminalProgress();
  await assertPodsRun(target.home);
  const place = placeOf(target.home);
  const tenant = await serviceOf(place, activeTenant(await stackOutputs(target, progress), target, id));

  const proxy = await startOnFirstFree(tenant, ports);
  const printLink = async (explain: (link: Link, origin: string) => string) => {
    const origin = localOrigin(proxy.addresses);
    const link = await linkFrom(progress, id, () => askForLink((args) => kubectl(place, args), id, origin));
    console.log(json ? linkLine(id, `${origin}/`, link) : explain(link, `${origin}/`));
  };
  try {
    await printLink(localIntroduction);
    // Whoever is in stays in, whatever becomes of another link.
    await untilInterrupted(() => printLink(linkText).catch(sayMistake(progress)));
  } finally {
    await proxy.close();
  }
  return 0;
}

/** @throws UsageError if it is no port */
export function portsFor(text: string | undefined): number[] {
  if (text === undefined) {
    return Array.from({ length: triedPorts }, (_, index) => firstPort + index);
  }
  const port = Number(text);
  if (text === "" || !Number.isSafeInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port ${text}: must be a number from 1 to 65535`);
  }
  return [port];
}

/** @throws UserError if none of the ports is free */
async function startOnFirstFree(tenant: ProxiedTenant, ports: readonly number[]): Promise<TenantProxy> {
  for (const port of ports) {
    try {
      return await startProxy(tenant, port);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EACCES") {
        throw new UserError(`Port ${port} is not for you to listen on; --port takes one from 1024.`);
      }
      if (code !== "EADDRINUSE") {
        throw error;
      }
    }
  }
  const taken = ports.length === 1 ? `Port ${ports[0]} is` : `Ports ${ports[0]} to ${ports.at(-1)} are`;
  throw new UserError(`${taken} taken; --port names another.`);
}

const linkText = ({ url, validUntil }: Link): string => `
  ${url}

It is good once, until ${validUntil.toLocaleTimeString("en-GB", { timeStyle: "short" })}.`;

const introduction = (link: Link): string => `
Open this link; it makes your browser an administrator of the tenant's OpenClaw:
${linkText(link)}`;

const localIntroduction = (
  link: Link,
  url: string,
): string => `${introduction(link)} The browser is remembered: from then on it comes in by
${url} for as long as this runs. Enter makes a link for another browser, Ctrl-C ends it.`;

const linkLine = (tenant: string, url: string, link: Link): string =>
  JSON.stringify({ tenant, url, link: link.url, validUntil: link.validUntil });

async function linkFrom(progress: Progress, id: string, ask: () => Promise<Link>): Promise<Link> {
  const step = progress.step(`${id}: asking its OpenClaw for a link`);
  const link = await ask().catch((error) => {
    step.fail();
    throw error;
  });
  step.done(`${id}: its OpenClaw gave a link`);
  return link;
}

const sayMistake = (progress: Progress) => (error: unknown) => {
  if (!(error instanceof UserError)) {
    throw error;
  }
  progress.say(`error: ${error.message}`);
};

/** Until Ctrl-C; does something at each Enter, one after the other. @throws what it throws */
function untilInterrupted(onEnter: () => Promise<void>): Promise<void> {
  const { stdin } = process;
  return new Promise((resolve, reject) => {
    let busy = false;
    const settle = (end: () => void) => {
      stopListening();
      stdin.off("data", onData);
      stdin.pause();
      end();
    };
    const onData = () => {
      if (!busy) {
        busy = true;
        onEnter().then(
          () => {
            busy = false;
          },
          (error) => settle(() => reject(error)),
        );
      }
    };
    const stopListening = onInterrupt(() => settle(resolve));
    // Without a terminal nobody presses anything, and its end is no wish either.
    if (stdin.isTTY) {
      stdin.on("data", onData);
    }
  });
}
