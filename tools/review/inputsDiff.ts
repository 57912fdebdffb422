/** How what the program says of a resource differs, property by property, fit for everybody's eyes. */
export interface PropertyChange {
  /** `spec.template.spec.containers[0].image`, `metadata.labels["openclaw.ai/plan"]`. */
  readonly path: string;
  /** As JSON; absent on the side where there is nothing. */
  readonly from?: string;
  readonly to?: string;
}

type Side = Readonly<Record<string, unknown>> | undefined;

/**
 * @param before inputs in the state; undefined for a new resource
 * @param after inputs that the program gives; undefined for one that goes
 * @param type token of the resource, for what is secret by its kind
 */
export function inputChanges(before: Side, after: Side, type: string): PropertyChange[] {
  const [was, is] = [leavesOf(before, type), leavesOf(after, type)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((path) => {
    const [from, to] = [was.get(path), is.get(path)];
    return from === to
      ? []
      : [{ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}

/** Every scalar of the inputs by its path. */
function leavesOf(inputs: Side, type: string): Map<string, string> {
  const leaves = new Map<string, string>();
  const secrets = secretInputs(type);
  for (const [key, value] of Object.entries(inputs ?? {})) {
    // What providers write for themselves.
    if (key.startsWith("__")) continue;
    collect(leaves, keyPath("", key), secrets.test(key) ? secretShown : value);
  }
  return leaves;
}

function collect(leaves: Map<string, string>, path: string, value: unknown): void {
  if (isSecret(value)) {
    leaves.set(path, secretShown);
  } else if (value === unknownValue) {
    leaves.set(path, "(known after apply)");
  } else if (Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) collect(leaves, `${path}[${index}]`, item);
  } else if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) {
      collect(leaves, keyPath(path, key), namesSecret.test(key) ? hidden(inner) : inner);
    }
  } else {
    const inside = typeof value === "string" ? structureIn(value) : undefined;
    if (inside === undefined) leaves.set(path, scalarText(value));
    else collect(leaves, path, inside);
  }
}

/** A configuration file as text is compared by its properties, as the engine's own display does. */
function structureIn(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

const secretShown = "[secret]";

/** A secret and what it holds are never shown, however the engine has blinded it. */
const isSecret = (value: unknown): boolean =>
  value === secretShown ||
  (typeof value === "object" && value !== null && Reflect.get(value, signatureKey) === secretSignature);

/** sdk/go/common/resource/sig/sig.go */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
/** pkg/resource/stack/deployment.go, computedValuePlaceholder */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Inputs that are a credential even where a program forgot to say so. */
const secretInputs = (type: string): RegExp =>
  type === "kubernetes:core/v1:Secret" ? /^(data|stringData)$/ : namesSecret;
const namesSecret = /^(kubeconfig|(.*[a-z])?[pP]assword|(.*[a-z])?[sS]ecretKey|(.*[a-z])?[pP]rivateKey)$/;

/** An object of that name describes where a credential is, as `secretKeyRef` does. */
const hidden = (value: unknown): unknown =>
  typeof value === "string" && value !== unknownValue ? secretShown : value;

function scalarText(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

const maxShown = 200;

function keyPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
