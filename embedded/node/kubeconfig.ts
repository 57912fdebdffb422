import { parse, stringify } from "yaml";

interface Kubeconfig {
  readonly clusters: [{ name: string; cluster: { server: string; "certificate-authority-data": string } }];
}

export interface NodeKubeconfig {
  /** The same, but for the address by which the node reaches the API server. */
  readonly text: string;
  /** PEM. */
  readonly authority: string;
  /** The API server's, on this machine's loopback. */
  readonly port: number;
}

/** @param text kubeconfig of the cluster on this machine */
export function nodeKubeconfig(text: string, hostAddress: string): NodeKubeconfig {
  const config: Kubeconfig = parse(text);
  const [{ name, cluster }] = config.clusters;
  const { port } = new URL(cluster.server);
  return {
    text: stringify({
      ...config,
      clusters: [{ name, cluster: { ...cluster, server: `https://${hostAddress}:${port}` } }],
    }),
    authority: Buffer.from(cluster["certificate-authority-data"], "base64").toString(),
    port: Number(port),
  };
}
