/**
 * Quantities of Kubernetes (`2048Mi`, `0.5`, `1e3`) in one spelling, that of `resource.Quantity`: no fraction, and the
 * suffix as large as it may be. The official provider writes them so wherever the program wrote them otherwise.
 */

/** A number as nanos, the smallest part that Kubernetes keeps, and the kind of its suffix. */
interface Quantity {
  readonly nanos: bigint;
  readonly format: "binary" | "decimal" | "exponent";
}

/**
 * The canonical spelling: `2Gi` for `2048Mi`, `500m` for `0.5`, `1k` for `1000`. As in Kubernetes, the kind of suffix
 * stays: `1Gi` and `1073741824` are one number and two texts.
 *
 * @returns undefined for what is no quantity
 */
export function canonicalQuantity(value: unknown): string | undefined {
  const quantity = parsed(value);
  if (quantity === undefined) {
    return undefined;
  }
  const { nanos, format } = quantity;
  const size = nanos < 0n ? -nanos : nanos;
  const isWhole = size % one === 0n;
  const text =
    format === "binary" && isWhole && size >= 1024n * one ? binary(size / one) : decimal(size, format);
  return nanos < 0n ? `-${text}` : text;
}

/** The value of a quantity in bytes, cores or objects, to be compared, not shown. @returns undefined if it is none */
export function quantityNumber(value: unknown): number | undefined {
  const quantity = parsed(value);
  return quantity === undefined ? undefined : Number(quantity.nanos) / Number(one);
}

const one = 10n ** 9n;

const binarySuffixes: readonly string[] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
/** Each a thousand times the one before. */
const decimalSuffixes: readonly string[] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

/** Bounded, so that no text makes a number of a million digits. */
const form =
  /^(?<sign>[+-]?)(?<whole>\d{0,30})\.?(?<fraction>\d{0,30})(?<suffix>|[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,2})$/;

function parsed(value: unknown): Quantity | undefined {
  if (typeof value !== "string" && typeof value !== "number") {
    return undefined;
  }
  const { sign, whole = "", fraction = "", suffix = "" } = form.exec(String(value))?.groups ?? {};
  if (sign === undefined || whole + fraction === "") {
    return undefined;
  }
  const { factor, divisor, format } = unitOf(suffix);
  const dividend = BigInt(whole + fraction) * factor * one;
  const parts = divisor * 10n ** BigInt(fraction.length);
  // Less than the smallest part is one, as Kubernetes has it: who asks for something gets something.
  const nanos = (dividend + parts - 1n) / parts;
  return { nanos: sign === "-" ? -nanos : nanos, format };
}

interface Unit {
  readonly factor: bigint;
  readonly divisor: bigint;
  readonly format: Quantity["format"];
}

function unitOf(suffix: string): Unit {
  const power = binarySuffixes.indexOf(suffix);
  if (power > 0) {
    return { factor: 1024n ** BigInt(power), divisor: 1n, format: "binary" };
  }
  const place = decimalSuffixes.indexOf(suffix);
  const exponent = place === -1 ? Number(suffix.slice(1)) : 3 * (place - decimalSuffixes.indexOf(""));
  const scale = 10n ** BigInt(Math.abs(exponent));
  return {
    ...(exponent < 0 ? { factor: 1n, divisor: scale } : { factor: scale, divisor: 1n }),
    format: place === -1 ? "exponent" : "decimal",
  };
}

function binary(whole: bigint): string {
  const [rest, power] = divided(whole, 1024n, binarySuffixes.length - 1);
  return `${rest}${binarySuffixes[power]}`;
}

function decimal(nanos: bigint, format: Quantity["format"]): string {
  if (nanos === 0n) {
    return "0";
  }
  const [rest, power] = divided(nanos, 1000n, decimalSuffixes.length - 1);
  const exponent = 3 * (power - decimalSuffixes.indexOf(""));
  if (format !== "exponent") {
    return `${rest}${decimalSuffixes[power]}`;
  }
  return exponent === 0 ? String(rest) : `${rest}e${exponent}`;
}

/** The number without its factors of `base`, and how many they were, `most` at most. */
function divided(number: bigint, base: bigint, most: number): [rest: bigint, power: number] {
  let [rest, power] = [number, 0];
  while (power < most && rest % base === 0n) {
    rest /= base;
    power += 1;
  }
  return [rest, power];
}
