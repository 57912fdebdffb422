/**
 * Quantities as Kubernetes writes them: the largest unit that leaves a whole number. The API server stores them so, and so
 * does Pulumi's Kubernetes provider, which would show `2048Mi` of the program as `2Gi` in every plan.
 */

const binaryUnits = ["Mi", "Gi", "Ti", "Pi"] as const;

/** MiB of memory or disk, whole ones: `2Gi` for 2048. */
export function mebibytes(amount: number): string {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(`${amount} MiB: must be a whole number`);
  }
  let rest = amount;
  let unit = 0;
  while (rest > 0 && rest % 1024 === 0 && unit < binaryUnits.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return rest === 0 ? "0" : `${rest}${binaryUnits[unit]}`;
}

/** GiB of memory or disk, whole ones: `10Gi` for 10. */
export function gibibytes(amount: number): string {
  return mebibytes(amount * 1024);
}

/** CPU in thousandths of a core, whole ones: `250m` for 250, `2` for 2000. */
export function millicores(amount: number): string {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(`${amount} millicores: must be a whole number`);
  }
  return amount % 1000 === 0 ? `${amount / 1000}` : `${amount}m`;
}

/** CPU in cores: `500m` for 0.5. */
export function cores(amount: number): string {
  return millicores(Math.round(amount * 1000));
}
