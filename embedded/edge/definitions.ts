import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";

/** Folder of the Go module that pins Envoy Gateway. */
const moduleFolder = join(repository, "embedded/go/envoygateway");

const gatewayApiFile = "gateway-crds-helm/templates/standard-gatewayapi-crds.yaml";
const ownFolder = "gateway-helm/charts/crds/crds/generated";

/**
 * The CustomResourceDefinitions of Gateway API (its standard channel, with the policy that guards their versions) and of
 * Envoy Gateway, as its Go module has them.
 *
 * @throws UserError if there is no Go, or the module cannot be had
 */
export async function gatewayDefinitions(): Promise<object[]> {
  const charts = join(await moduleSource(), "charts");
  const own = (await readdir(join(charts, ownFolder))).toSorted();
  const files = [gatewayApiFile, ...own.map((name) => join(ownFolder, name))];
  const texts = await Promise.all(files.map((file) => readFile(join(charts, file), "utf8")));
  return texts.flatMap(manifestsOf);
}

async function moduleSource(): Promise<string> {
  const module = "github.com/envoyproxy/gateway";
  const args = ["mod", "download", "-json", module];
  const { code, stdout, stderr } = await run("go", args, { cwd: moduleFolder });
  if (code !== 0) {
    throw new UserError(
      `The definitions of Gateway API are in the Go module ${module}, which cannot be had:\n  ${(stderr || stdout).trim()}\n` +
        "It needs Go (https://go.dev/dl) and its module proxy (go env GOPROXY).",
    );
  }
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

/** Manifests in the file of a chart whose only template is a condition around the whole. */
export function manifestsOf(text: string): object[] {
  const plain = text.replace(/^\{\{-?.*\}\}\n?/gm, "");
  return parseAllDocuments(plain)
    .map((document) => document.toJS() as object | null)
    .filter((manifest) => manifest !== null);
}
