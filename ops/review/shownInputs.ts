import { createHash } from "node:crypto";

/** The inputs of a resource, as plain data. */
export type Inputs = Readonly<Record<string, unknown>>;

/**
 * Inputs fit for everybody's eyes: what is secret is hidden, what the engine does not know yet says so, and a
 * configuration file that is one long JSON text is shown by its properties, as the engine's own display does.
 *
 * @param type token of the resource, for what is secret by its kind
 */
export function shownInputs(inputs: Inputs, type: string): Inputs {
  return Object.fromEntries(
    Object.entries(inputs)
      // What providers write for themselves.
      .filter(([key]) => !key.startsWith("__"))
      .map(([key, value]) => [key, holdsCredentials(type, key) ? secretShown : shownField(key, value)]),
  );
}

/** Whether nothing below this property is shown, though the program forgot to say that it is secret. */
export const holdsCredentials = (type: string, key: string): boolean =>
  type === "kubernetes:core/v1:Secret" && (key === "data" || key === "stringData");

function shownField(key: string, value: unknown): unknown {
  // An object of such a name says where a credential is, as `secretKeyRef` does.
  return typeof value === "string" && namesSecret.test(key) && value !== unknownValue
    ? secretShown
    : shownValue(value);
}

/** Annotations for the provider, such as not to wait for an object: irrelevant to a reviewer. */
const providerAnnotations = "pulumi.com/";

/** Annotations of which none would be left. */
function isForProvider(value: unknown): boolean {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return keys.length > 0 && keys.every((key) => key.startsWith(providerAnnotations));
}

function shownValue(value: unknown): unknown {
  if (value === unknownValue) {
    return "(known after apply)";
  }
  if (isSecret(value)) {
    return secretShown;
  }
  if (Array.isArray(value)) {
    return value.map(shownValue);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, inner]) => !key.startsWith(providerAnnotations) && !isForProvider(inner))
        .map(([key, inner]) => [key, shownField(key, inner)]),
    );
  }
  if (typeof value !== "string") {
    return value;
  }
  const structure = structureIn(value);
  return structure === undefined ? shortened(value) : shownValue(structure);
}

/** A script stands in its own file, whose diff the pull request has; here it is enough to see that it changes. */
function shortened(text: string): string {
  const lines = text.trimEnd().split("\n").length;
  if (lines <= longestText) {
    return text;
  }
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return `(${lines} lines, sha256 ${digest}…)`;
}

/** Lines of a text that is shown as it is. */
const longestText = 8;

function structureIn(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const secretShown = "[secret]";

/** However the engine has blinded it: nothing of a secret is shown. */
const isSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Reflect.get(value, signatureKey) === secretSignature;

/** sdk/go/common/resource/sig/sig.go of github.com/pulumi/pulumi */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
/** pkg/resource/stack/deployment.go of github.com/pulumi/pulumi, computedValuePlaceholder */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Credentials even where a program forgot to say so. */
const namesSecret = /^(kubeconfig|(.*[a-z])?[pP]assword|(.*[a-z])?[sS]ecretKey|(.*[a-z])?[pP]rivateKey)$/;
