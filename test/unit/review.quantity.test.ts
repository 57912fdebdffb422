import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalQuantity, quantityNumber } from "../../ops/review/quantity.ts";

/** What resource.ParseQuantity(…).String() of k8s.io/apimachinery 0.36 makes of them. */
test.each([
  ["2048Mi", "2Gi"],
  ["1.5Gi", "1536Mi"],
  ["0.5Gi", "512Mi"],
  ["1536", "1536"],
  ["1.5Ki", "1536"],
  ["0.5Ki", "512"],
  ["100.5Ki", "102912"],
  ["0.1Mi", "104857600m"],
  ["1023Ki", "1023Ki"],
  ["1024", "1024"],
  ["-1024Mi", "-1Gi"],
  ["0.5", "500m"],
  [".5", "500m"],
  ["1000m", "1"],
  ["1500m", "1500m"],
  ["1000", "1k"],
  ["2000M", "2G"],
  ["0.0001", "100u"],
  ["0.1n", "1n"],
  ["1E", "1E"],
  ["1e4", "10e3"],
  ["10e2", "1e3"],
  ["1e-3", "1e-3"],
  ["12e0", "12"],
  ["0m", "0"],
  ["00", "0"],
  [2, "2"],
  [0.25, "250m"],
])("%s is spelt %s", (written, canonical) => {
  expect(canonicalQuantity(written)).toBe(canonical);
});

test.each([
  "",
  ".",
  "Mi",
  "1K",
  "1mi",
  "ten",
  " 1",
  "1 Gi",
  "[secret]",
  "1e",
  "0x10",
  true,
  null,
  undefined,
  {},
])("%j is no quantity", (value) => {
  expect(canonicalQuantity(value)).toBeUndefined();
  expect(quantityNumber(value)).toBeUndefined();
});

const binary = fc.constantFrom("Ki", "Mi", "Gi", "Ti");
const decimal = fc.constantFrom("n", "u", "m", "", "k", "M", "G", "T");
const whole = fc.integer({ min: -1_000_000, max: 1_000_000 });

describe("for every quantity", () => {
  const written = fc.oneof(
    fc.tuple(whole, binary),
    fc.tuple(whole, decimal),
    fc.tuple(
      whole,
      fc.integer({ min: -9, max: 18 }).map((exponent) => `e${exponent}`),
    ),
  );

  test("the canonical spelling is its own canonical spelling, and the same number", () => {
    fc.assert(
      fc.property(written, ([number, suffix]) => {
        const canonical = canonicalQuantity(`${number}${suffix}`);
        expect(canonicalQuantity(canonical)).toBe(canonical);
        expect(quantityNumber(canonical)).toBe(quantityNumber(`${number}${suffix}`));
      }),
    );
  });

  test("it has no fraction, and no larger suffix would do", () => {
    fc.assert(
      fc.property(written, ([number, suffix]) => {
        const canonical = canonicalQuantity(`${number}${suffix}`) ?? "";
        expect(canonical).toMatch(/^(0|-?[1-9]\d*([KMGTPE]i|[numkMGTPE]|e-?\d+)?)$/);
        expect(canonical).not.toMatch(/000([numkMGTP]?|e-?\d+)$/);
      }),
    );
  });

  test("one number in two units is spelt one way", () => {
    const [larger, smaller] = [
      ["Ki", "Mi", "Gi", "Ti"],
      ["", "Ki", "Mi", "Gi"],
    ];
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 3 }), (number, unit) => {
        expect(canonicalQuantity(`${number}${larger[unit]}`)).toBe(
          canonicalQuantity(`${number * 1024}${smaller[unit]}`),
        );
        expect(canonicalQuantity(String(number))).toBe(canonicalQuantity(`${number}000m`));
      }),
    );
  });

  test("what is more is a larger number", () => {
    fc.assert(
      fc.property(whole, whole, binary, (one, other, suffix) => {
        const [first = Number.NaN, second = Number.NaN] = [one, other].map((each) =>
          quantityNumber(`${each}${suffix}`),
        );
        expect(Math.sign(first - second)).toBe(Math.sign(one - other));
      }),
    );
  });
});
