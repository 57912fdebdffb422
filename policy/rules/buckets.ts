import type { PolicyResource, ResourceRule, StackResource, StackRule, StackViolation } from "../rule.ts";
import { alicloud, tencentcloud } from "../types.ts";
import { at, type Fields, isNot, shown } from "../values.ts";

/** Properties that make a bucket or an object public, unless they have one of the values. */
const privateOnly: readonly {
  readonly type: string;
  readonly property: string;
  readonly allowed: readonly (string | boolean | undefined)[];
  readonly write: string;
}[] = [
  { type: alicloud.bucket, property: "acl", allowed: [undefined, "private"], write: "leave it out" },
  { type: alicloud.bucketAcl, property: "acl", allowed: ["private"], write: 'write "private"' },
  {
    type: alicloud.bucketObject,
    property: "acl",
    allowed: [undefined, "private", "default"],
    write: "leave it out",
  },
  {
    type: alicloud.bucketPublicAccessBlock,
    property: "blockPublicAccess",
    allowed: [true],
    write: "write true",
  },
  {
    type: alicloud.accountPublicAccessBlock,
    property: "blockPublicAccess",
    allowed: [true],
    write: "write true",
  },
  {
    type: tencentcloud.cosBucket,
    property: "acl",
    allowed: [undefined, "private"],
    write: 'write "private"',
  },
];

export const noPublicBucket: ResourceRule = {
  name: "no-public-bucket",
  description: "Nobody reads or writes a bucket without credentials.",
  check: ({ type, props }: PolicyResource) => [
    ...privateOnly
      .filter((each) => each.type === type && isNot(at(props, each.property), ...each.allowed))
      .map(({ property, write }) => `${property} is ${shown(at(props, property))}: ${write}`),
    ...(type === tencentcloud.cosBucket && grantsEverybody(props)
      ? ["aclBody grants the group AllUsers: name the accounts, or leave aclBody out"]
      : []),
  ],
};

/** An ACL of COS names everybody by `http://cam.qcloud.com/groups/global/AllUsers`. */
function grantsEverybody(props: Fields): boolean {
  const body = at(props, "aclBody");
  return typeof body === "string" && body.includes("groups/global/AllUsers");
}

/** Requirements of an OSS bucket: each a resource of its own beside it, or (for some) a deprecated property of the bucket. */
const safeguards: readonly {
  readonly type: string;
  isOn(companion: Fields): boolean;
  isInline?(bucket: Fields): boolean;
  readonly missing: string;
}[] = [
  {
    type: alicloud.bucketPublicAccessBlock,
    isOn: (props) => !isNot(at(props, "blockPublicAccess"), true),
    missing: "public access is not blocked: add a BucketPublicAccessBlock with blockPublicAccess: true",
  },
  {
    type: alicloud.bucketServerSideEncryption,
    isOn: (props) => at(props, "sseAlgorithm") !== undefined,
    isInline: (props) => at(props, "serverSideEncryptionRule") !== undefined,
    missing:
      'objects are not encrypted: add a BucketServerSideEncryption with sseAlgorithm: "KMS" or "AES256"',
  },
  {
    type: alicloud.bucketVersioning,
    isOn: (props) => !isNot(at(props, "status"), "Enabled"),
    isInline: (props) => !isNot(at(props, "versioning", "status"), "Enabled"),
    missing: 'versions are not kept: add a BucketVersioning with status: "Enabled"',
  },
  {
    type: alicloud.bucketHttpsConfig,
    isOn: (props) => !isNot(at(props, "enable"), true),
    missing: "plain HTTP is not refused: add a BucketHttpsConfig with enable: true",
  },
];

export const bucketSafeguards: StackRule = {
  name: "bucket-safeguards",
  description: "Every bucket blocks public access, encrypts, keeps versions and refuses plain HTTP.",
  checkStack: (resources) => resources.flatMap((resource) => violations(resource, resources)),
};

function violations(resource: StackResource, resources: readonly StackResource[]): StackViolation[] {
  const { type, props } = resource;
  const violation = (message: string): StackViolation => ({ resource, message });
  if (type === alicloud.bucket) {
    return safeguards
      .filter(({ isInline }) => !isInline?.(props))
      .filter((each) => !companions(resource, each.type, resources).some((found) => each.isOn(found.props)))
      .map(({ missing }) => violation(missing));
  }
  if (type === tencentcloud.cosBucket) {
    return [
      ...(isNot(at(props, "encryptionAlgorithm"), "AES256", "KMS", "SM4")
        ? [violation('objects are not encrypted: write encryptionAlgorithm: "AES256" or "KMS"')]
        : []),
      ...(isNot(at(props, "versioningEnable"), true)
        ? [violation("versions are not kept: write versioningEnable: true")]
        : []),
    ];
  }
  return [];
}

/**
 * Resources of a type that belong to a bucket: by its name where that is known, else (its id in a preview) by what
 * they depend on.
 */
function companions(
  bucket: StackResource,
  type: string,
  resources: readonly StackResource[],
): readonly StackResource[] {
  const names = new Set(resources.filter((each) => each.type === bucket.type).map(nameOf));
  return resources.filter((each) => {
    if (each.type !== type) {
      return false;
    }
    const name = nameOf(each);
    return typeof name === "string" && names.has(name)
      ? name === nameOf(bucket)
      : each.dependsOn.includes(bucket.name);
  });
}

const nameOf = ({ props }: StackResource) => at(props, "bucket");
