import { join } from "node:path";
import { type Binaries, sourceHash } from "../../../embedded/binaries/catalogue.ts";
import { repository } from "../../../lib/system/paths.ts";

const module = "test/node/attack/tool";

/** What a hostile tenant would bring along; its version is a hash of its source. */
export const attackTool = (): Binaries => ({
  name: "attack-tool",
  version: sourceHash(join(repository, module)),
  module,
  programs: { tool: { package: "." } },
  packages: 190,
  coldSeconds: 20,
});
