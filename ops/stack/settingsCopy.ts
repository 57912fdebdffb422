import { Document, isMap, isSeq, parseDocument } from "yaml";

export interface SettingsOverrides {
  /** Absolute path of the folder of tenant files. */
  readonly tenants?: string | undefined;
  /** Context of the kubeconfig, and the name under which the stack knows its cluster if that is another cluster. */
  readonly cluster?: { readonly context: string; readonly name?: string } | undefined;
  /**
   * The stack, `organization/project/name`, that owns the platform instead, and the text of its settings: instances
   * are as its own, because another cluster's storage classes and registries are not there.
   */
  readonly platform?: { readonly stack: string; readonly ownerText: string } | undefined;
  /** The image and the storage class of a real node. */
  readonly node?: NodeSettings | undefined;
}

export interface NodeSettings {
  /** The OpenClaw image, which the guardrails then allow. */
  readonly image: string;
  /** Images of the shared services, by purpose. */
  readonly serviceImages: Readonly<Record<string, string>>;
  /** The StorageClass of every volume. */
  readonly storageClass: string;
}

/**
 * The committed settings of a stack with what only this machine knows: the salt of the local passphrase, which Pulumi
 * writes into the file it uses, and what the command line says otherwise. The committed file itself is never written.
 *
 * @param previous the copy of the last run, for its salt
 */
export function settingsCopy(
  committed: string,
  previous: string | undefined,
  { tenants, cluster, platform, node }: SettingsOverrides,
): string {
  const document = mapping(committed);
  const salt = previous === undefined ? undefined : mapping(previous).get("encryptionsalt");
  if (typeof salt === "string") {
    document.set("encryptionsalt", salt);
  }
  if (tenants !== undefined) {
    document.setIn(["config", "openclaw:tenants"], tenants);
  }
  if (platform !== undefined) {
    document.setIn(["config", "openclaw:platform"], document.createNode({ stack: platform.stack }));
    const instancePath = ["config", "openclaw:instance"];
    const ownerInstance = mapping(platform.ownerText).getIn(instancePath, true);
    if (ownerInstance !== undefined) {
      document.setIn(instancePath, ownerInstance);
    }
    for (const owned of ["openclaw:services", "openclaw:guardrails"]) {
      document.deleteIn(["config", owned]);
    }
  }
  if (node !== undefined) {
    setNode(document, node);
  }
  if (cluster !== undefined) {
    const path = ["config", "openclaw:cluster"];
    document.setIn([...path, "kind"], "existing");
    document.setIn([...path, "context"], cluster.context);
    if (cluster.name !== undefined) {
      document.setIn([...path, "name"], cluster.name);
    }
  }
  return document.toString();
}

/** A cell has no services of its own, nor guardrails: they are its platform's. */
function setNode(document: Document, { image, serviceImages, storageClass }: NodeSettings): void {
  document.setIn(["config", "openclaw:instance", "image"], image);
  document.setIn(["config", "openclaw:instance", "storageClass"], storageClass);
  allowRegistry(document, image.slice(0, image.lastIndexOf("/")));
  const services = ["config", "openclaw:services"];
  if (document.hasIn(services)) {
    document.setIn([...services, "storageClass"], storageClass);
    document.setIn([...services, "images"], serviceImages);
  }
}

/** Only where the stack has guardrails: a cell's are its platform's. */
function allowRegistry(document: Document, registry: string): void {
  const allowed = document.getIn(["config", "openclaw:guardrails", "allowedRegistries"]);
  if (isSeq(allowed) && !allowed.toJSON().includes(registry)) {
    allowed.add(registry);
  }
}

/** A context's name as the name of a cluster: a DNS label. */
export function clusterNameOf(context: string): string {
  const label = context
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(-63)
    .replace(/^-+|-+$/g, "");
  return label === "" ? "cluster" : label;
}

function mapping(text: string): Document {
  const document = parseDocument(text);
  return isMap(document.contents) ? document : new Document({});
}
