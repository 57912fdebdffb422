/** Whether an image reference has a tag other than latest, or a digest. */
export function isPinned(image: string): boolean {
  const reference =
    /^[^\s:@]+(:\d+\/[^\s:@]+)?(:(?<tag>[\w][\w.-]*))?(@(?<digest>sha256:[a-f0-9]{64}))?$/.exec(image);
  const { tag, digest } = reference?.groups ?? {};
  return digest !== undefined || (tag !== undefined && tag !== "latest");
}
