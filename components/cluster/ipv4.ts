/** Arithmetic on IPv4 networks in CIDR notation, for settings that a cloud never lets anybody correct later. */

interface Range {
  readonly first: number;
  readonly last: number;
}

/** First and last address as numbers. @param cidr has passed zod's `cidrv4`. */
function range(cidr: string): Range {
  const [address = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

export function containsNetwork(outer: string, inner: string): boolean {
  const [around, within] = [range(outer), range(inner)];
  return around.first <= within.first && within.last <= around.last;
}

export function networksOverlap(one: string, other: string): boolean {
  const [a, b] = [range(one), range(other)];
  return a.first <= b.last && b.first <= a.last;
}
