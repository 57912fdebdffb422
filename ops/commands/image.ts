import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ensureOpenClawImage, openclawVersion, writeContext } from "../../embedded/index.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { parseCommand } from "../commandLine/arguments.ts";

const help = {
  usage: "npm run image -- [options]",
  text: `Builds the image of OpenClaw ${openclawVersion} from the npm registry and Debian's archive, once, and keeps it in the
cache as an OCI archive. Linux as root. \`npm run up -- --nodes real\` runs it.

  --context DIR    write the build context to a new folder instead, for building it elsewhere or on another base
  --json           {"reference", "archive", "digest", "bytes", "seconds", "packages"}
  --help           print this

To a registry: skopeo copy oci-archive:ARCHIVE docker://registry.example/openclaw:${openclawVersion}`,
};

const options = { context: { type: "string" }, json: { type: "boolean", default: false } } as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { context, json } = parsed.values;
  const progress = terminalProgress();
  if (context !== undefined) {
    const folder = resolve(process.env.INIT_CWD ?? process.cwd(), context);
    if (existsSync(folder)) {
      throw new UserError(`${folder} is there already; --context must name a folder that is not.`);
    }
    await writeContext(folder, progress);
    console.log(folder);
    return 0;
  }
  const image = await ensureOpenClawImage(progress);
  console.log(
    json
      ? JSON.stringify(image)
      : `${image.reference}  ${(image.bytes / 2 ** 20).toFixed(0)} MiB, built in ${image.seconds} s\n` +
          `${image.digest}\n${image.archive}`,
  );
  return 0;
}
