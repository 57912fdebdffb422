import type { Found } from "./model.ts";
import { typeOfKind } from "./types.ts";

/**
 * The resource that a six-part name names: `qcs::vpc:ap-guangzhou:uin/1000:subnet/subnet-1`. A name of another form, or
 * of a product that the program does not use, is one of a type without a token.
 */
export function foundBySixParts(text: string): Found {
  const [qcs, , service = "", region = "", account = "", ...rest] = text.split(":");
  const [prefix = "", ...words] = rest.join(":").split("/");
  if (qcs !== "qcs" || service === "" || prefix === "") {
    return { kind: "unknown", token: undefined, id: text, region: "" };
  }
  if (service === "cos") {
    const id = bucketId(account, prefix, words);
    return { kind: "cos/bucket", token: typeOfKind("cos/bucket")?.token, id, region };
  }
  const kind = `${service}/${prefix}`;
  const token = typeOfKind(kind)?.token;
  // KMS has the creator's number before the key.
  const id = token !== undefined && kind === "kms/key" ? (words.at(-1) ?? "") : words.join("/");
  return { kind, token, id: id === "" ? text : id, region };
}

/**
 * `uid/1250000000:prefix/example`, `uid/1250000000:prefix//1250000000/example` or `…:example-1250000000` are all the
 * bucket example-1250000000. Source: https://cloud.tencent.com/document/product/651/133239
 */
function bucketId(account: string, prefix: string, words: readonly string[]): string {
  if (prefix !== "prefix") {
    return prefix;
  }
  const appId = account.slice(account.indexOf("/") + 1);
  return `${words.at(-1)}-${appId}`;
}
