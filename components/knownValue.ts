import * as pulumi from "@pulumi/pulumi";

/**
 * The value of an output as plain data, a secret's too.
 *
 * @returns `undefined` in a preview that does not know it yet
 */
export async function knownValue<T>(output: pulumi.Input<T>): Promise<T | undefined> {
  const { value } = await pulumi.runtime.serializeProperties("known", { value: output });
  const plain = isSecretValue(value) ? value.value : value;
  return plain === pulumi.runtime.unknownValue ? undefined : plain;
}

const isSecretValue = (value: unknown): value is { readonly value: unknown } =>
  typeof value === "object" &&
  value !== null &&
  Reflect.get(value, pulumi.runtime.specialSigKey) === pulumi.runtime.specialSecretSig;
