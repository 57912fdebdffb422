/**
 * `node fillCompileCache.mjs <module>...`: compiles these modules and all that they import, and runs none of them: the
 * modules of a graph run in order once all are compiled, and the first one ends it. What is compiled goes to
 * NODE_COMPILE_CACHE.
 */
import { writeFileSync } from "node:fs";
import { flushCompileCache } from "node:module";

const graph = "/tmp/graph.mjs";
const stop = "compiled";
const first = `data:text/javascript,throw "${stop}"`;
const urls = process.argv.slice(2).map((path) => `file://${path}`);
writeFileSync(graph, [first, ...urls].map((url) => `import ${JSON.stringify(url)};\n`).join(""));
try {
  await import(graph);
} catch (error) {
  if (error !== stop) {
    throw error;
  }
}
flushCompileCache();
