/** Keys of mappings and places in lists, from the top. */
export type PropertyPath = readonly string[];

/**
 * The parts of a path as the engine writes it: `spec.containers[0].image`, `metadata.labels["openclaw.ai/plan"]`.
 * sdk/go/common/resource/property_path.go of github.com/pulumi/pulumi
 */
export const pathParts = (path: string): PropertyPath =>
  [...path.matchAll(/\["(?<quoted>(?:[^"\\]|\\.)*)"\]|\[(?<place>\d+)\]|(?<key>[^.[\]]+)/g)].map(
    ({ groups }) => {
      const { quoted, place, key = "" } = groups ?? {};
      return quoted?.replace(/\\(.)/g, "$1") ?? place ?? key;
    },
  );

/** The file at a path, undefined if there is none. */
export const at = (value: unknown, path: PropertyPath): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, part)
        ? Reflect.get(inner, part)
        : undefined,
    value,
  );
