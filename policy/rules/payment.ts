import type { ResourceRule } from "../rule.ts";
import { alicloud } from "../types.ts";
import { isFields, shown, type Value } from "../values.ts";

const paymentProperties: readonly string[] = ["paymentType", "instanceChargeType", "chargeType", "payType"];

const prepaid = /^(pre_?paid|subscription)$/i;

export const postPaid: ResourceRule = {
  name: "post-paid",
  description: "Nothing is bought for months in advance.",
  check: ({ type, props }) => [
    ...(type === alicloud.tairInstance && props.paymentType === undefined
      ? ['paymentType is not set, which means "Subscription" here: write "PayAsYouGo"']
      : []),
    ...prepaidProperties(props).map(
      ({ path, value }) => `${path} is ${shown(value)}: write the pay-as-you-go value, or leave it out`,
    ),
  ],
};

interface Property {
  readonly path: string;
  readonly value: Value;
}

/** Properties that ask for prepayment, at any depth: a node pool of TKE has them inside `native`. */
function prepaidProperties(value: Value, path: readonly string[] = []): readonly Property[] {
  if (typeof value === "string") {
    return paymentProperties.includes(path.at(-1) ?? "") && prepaid.test(value)
      ? [{ path: path.join("."), value }]
      : [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((each: Value, index) => prepaidProperties(each, [...path, `${index}`]));
  }
  return isFields(value)
    ? Object.entries(value).flatMap(([key, each]) => prepaidProperties(each, [...path, key]))
    : [];
}
