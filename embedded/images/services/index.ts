import { join } from "node:path";
import type { ServiceImages } from "../../../components/services/images.ts";
import type { Progress } from "../../../lib/terminal/progress.ts";
import { backupImage } from "./backup.ts";
import { cacheImage } from "./cache.ts";
import { clientImage } from "./client.ts";
import { databaseImage } from "./database.ts";
import { ensureServiceImage, type ServiceImage } from "./image.ts";
import { objectStoreImage } from "./objectStore.ts";

/** Images by purpose; the file of that name says what is in each. */
const images = {
  database: databaseImage,
  cache: cacheImage,
  objectStore: objectStoreImage,
  backup: backupImage,
  client: clientImage,
} as const satisfies Record<keyof ServiceImages, ServiceImage>;

type Purpose = keyof ServiceImages;

/** OCI archives of the images that no registry has. */
export type ServiceImageArchives = Readonly<
  Record<Purpose, { readonly reference: string; readonly archive: string }>
>;

/**
 * The images of the shared services on a real node, from Debian's archive and Go modules.
 *
 * @throws UserError if an archive does not answer, or without root
 */
export async function ensureServiceImages(progress: Progress): Promise<ServiceImageArchives> {
  return {
    database: await archiveOf("database", progress),
    cache: await archiveOf("cache", progress),
    objectStore: await archiveOf("objectStore", progress),
    backup: await archiveOf("backup", progress),
    client: await archiveOf("client", progress),
  };
}

async function archiveOf(purpose: Purpose, progress: Progress) {
  const source = join(import.meta.dirname, `${purpose}.ts`);
  const { reference, archive } = await ensureServiceImage(images[purpose], source, progress);
  return { reference, archive };
}
