import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import * as https from "node:https";
import { type Agent, request } from "node:https";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { parse } from "yaml";

/** The API server without a client's own work, which would be part of what is measured. */
export interface Api {
  /** @throws Error if the answer is not 200 */
  readonly get: (path: string) => Promise<unknown>;
  /**
   * Reports every event of a path from now on.
   *
   * @returns once the API server has begun, what ends it
   */
  readonly watch: (path: string, onEvent: (event: WatchEvent) => void) => Promise<() => void>;
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

interface Kubeconfig {
  readonly clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
  readonly users: [{ user: { "client-certificate-data": string; "client-key-data": string } }];
}

/** @param kubeconfig text of one that has its certificates in it, as the embedded cluster's has */
export function openApi(kubeconfig: string): Api {
  const { clusters, users }: Kubeconfig = parse(kubeconfig);
  const decoded = (base64: string) => Buffer.from(base64, "base64");
  const [{ cluster }, { user }] = [clusters[0], users[0]];
  const agent = new https.Agent({
    keepAlive: true,
    ca: decoded(cluster["certificate-authority-data"]),
    cert: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
  });
  const ask = (path: string) => answerTo(new URL(path, cluster.server), agent);
  return {
    get: async (path) => JSON.parse(await text(await ask(path))),
    watch: async (path, onEvent) => {
      const response = await ask(path);
      createInterface(response).on("line", (line) => onEvent(JSON.parse(line)));
      return () => response.destroy();
    },
  };
}

async function answerTo(url: URL, agent: Agent): Promise<IncomingMessage> {
  const call = request(url, { agent }).end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  if (response.statusCode !== 200) {
    throw new Error(`${url.pathname} answered ${response.statusCode}: ${await text(response)}`);
  }
  return response;
}
