import { namespaceName, objectNames } from "../names.ts";
import type { Found } from "./found.ts";

/**
 * Why nothing of a tenant may be changed now: its namespace or its claim is being deleted. A claim in use waits for its
 * pod to end, and any change that ends the pod then destroys the volume.
 *
 * @returns lines to show; none if nothing is being deleted
 */
export function deletionOf(id: string, { namespace, claim }: Found): string[] {
  const namespaceText = `the Namespace ${namespaceName(id)}`;
  const claimText = `the PersistentVolumeClaim ${namespaceName(id)}/${objectNames.volumeClaim}`;
  return [
    ...(namespace?.deletedAt === undefined ? [] : [`${namespaceText}, since ${namespace.deletedAt}`]),
    ...(claim?.deletedAt === undefined ? [] : [`${claimText}, since ${claim.deletedAt}`]),
  ].flatMap((what) => [
    `Being deleted: ${what}.`,
    '  The next end of the tenant\'s pod destroys its volume. Save the volume first: docs/operations.md, "A claim is being deleted".',
  ]);
}
