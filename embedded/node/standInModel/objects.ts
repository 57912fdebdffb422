import { join } from "node:path";
import { managedBy } from "../../../components/labels.ts";
import { type PodProgram, podProgramObjects } from "../podProgram.ts";

/** The stand-in for a model, at the address that Pulumi.dev.yaml has for the model gateway. */
export const standInModel: PodProgram = {
  name: "model-gateway",
  namespace: "openclaw-models",
  port: 4000,
  file: join(import.meta.dirname, "server.ts"),
};

/**
 * The stand-in model of a real node, and its namespace. Gone as soon as the program brings a model gateway.
 *
 * @param image that tenants run
 */
export const standInModelObjects = (image: string): object => ({
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: standInModel.namespace,
        labels: {
          "app.kubernetes.io/managed-by": managedBy,
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/enforce-version": "latest",
        },
      },
    },
    ...podProgramObjects(standInModel, image),
  ],
});
