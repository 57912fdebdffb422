import { withoutAddresses as textWithoutAddresses } from "../../tenants/addresses.ts";

/**
 * A value with every e-mail address in its texts replaced. A review is shown where many can read it, and tenants'
 * people are in the tenant files, in the objects made of them, and in messages about both.
 */
export function withoutAddresses<T>(value: T): T;
export function withoutAddresses(value: unknown): unknown {
  if (typeof value === "string") {
    return textWithoutAddresses(value);
  }
  if (Array.isArray(value)) {
    return value.map((item) => withoutAddresses(item));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [withoutAddresses(key), withoutAddresses(inner)]),
      )
    : value;
}
