import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";

interface KwokKubeconfig {
  readonly clusters: [{ cluster: { server: string; "certificate-authority": string } }];
  readonly users: [{ user: { "client-certificate": string; "client-key": string } }];
}

/** kwokctl's kubeconfig under another name and with the certificates in it, so that one file is all one needs. */
export function selfContainedKubeconfig(text: string, context: string): string {
  const { clusters, users }: KwokKubeconfig = parse(text);
  const { server, "certificate-authority": authority } = clusters[0].cluster;
  const { "client-certificate": certificate, "client-key": key } = users[0].user;
  const base64 = (file: string) => readFileSync(file).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [{ name: context, cluster: { server, "certificate-authority-data": base64(authority) } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    users: [
      {
        name: context,
        user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) },
      },
    ],
  });
}
