/**
 * A value with every e-mail address in its texts replaced. A review is shown where many can read it, and tenants'
 * people are in the tenant files, in the objects made of them, and in messages about both.
 */
export function withoutAddresses<T>(value: T): T;
export function withoutAddresses(value: unknown): unknown {
  if (typeof value === "string") {
    return value.replace(address, "[e-mail address]");
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

/**
 * Generous: a letter too many hidden does no harm. An image's digest (`@sha256:…`) has no dot and stays. A match
 * begins only where a word does, so that a long text without an @ takes no longer than it is.
 */
const address =
  /(?<![\p{L}\p{N}.!#$%&'*+/=?^_{|}~-])[\p{L}\p{N}.!#$%&'*+/=?^_{|}~-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*\.\p{L}[\p{L}\p{N}-]+/gu;
