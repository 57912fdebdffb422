import { join } from "node:path";
import { type PodProgram, podProgramObjects } from "../../../embedded/node/podProgram.ts";

/** The tests' edge, in the namespace that tenants' network policies let in. */
export const edge: PodProgram = {
  name: "edge",
  namespace: "openclaw-edge",
  port: 8080,
  file: join(import.meta.dirname, "server.ts"),
};

/** @param image that tenants run */
export const edgeObjects = (image: string): object => ({
  apiVersion: "v1",
  kind: "List",
  items: podProgramObjects(edge, image),
});
