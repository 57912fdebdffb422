/** Run by itself: gets what a real node is made of into the cache, and nothing more. */
import { silentProgress } from "../../lib/terminal/progress.ts";
import { ensureNodeParts } from "./parts.ts";

await ensureNodeParts(undefined, silentProgress);
