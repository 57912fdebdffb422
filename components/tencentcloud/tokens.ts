/** First part of every token. The bridge takes it from the Terraform provider's name. */
export const packageName = "tencentcloud";

/** `nat_gateway` → `tencentcloud:index/natGateway:NatGateway`. */
export function resourceToken(kind: string): string {
  const name = camelCase(kind);
  return `${packageName}:index/${name}:${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/**
 * The token of a data source: `kubernetes_clusters` → `tencentcloud:index/getKubernetesClusters:getKubernetesClusters`.
 */
export function functionToken(kind: string): string {
  const name = camelCase(`get_${kind}`);
  return `${packageName}:index/${name}:${name}`;
}

const camelCase = (kind: string): string =>
  kind.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
