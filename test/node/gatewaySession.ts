import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { type Edge, hostHeaders } from "./chat.ts";

/**
 * A client of OpenClaw's WebSocket protocol, version 4, as a person's device has one: it signs the gateway's challenge
 * with a key of its own, and is let in once its owner has approved it.
 * https://docs.openclaw.ai/gateway/protocol/handshake
 */
export interface Device {
  /** SHA-256 of the public key, hexadecimal. */
  readonly id: string;
  /** Base64url of its 32 bytes. */
  readonly publicKey: string;
  readonly sign: (text: string) => string;
}

export function newDevice(): Device {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return {
    id: createHash("sha256").update(raw).digest("hex"),
    publicKey: raw.toString("base64url"),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64url"),
  };
}

/** What came of an attempt to connect. */
export type Connection =
  | { readonly kind: "open"; readonly session: GatewaySession }
  /** `details.code` of the gateway's error: `PAIRING_REQUIRED`, `AUTH_TOKEN_MISMATCH`, … */
  | { readonly kind: "refused"; readonly code: string; readonly requestId: string | undefined };

export interface GatewaySession {
  /** Sends a message to the assistant's main conversation and waits for the whole answer. */
  readonly say: (text: string) => Promise<string>;
  readonly close: () => void;
}

/** The protocol's frames, as far as they are read here. */
interface Frame {
  readonly type: "event" | "res";
  readonly event?: string;
  readonly id?: string;
  readonly ok?: boolean;
  readonly error?: { readonly details?: { readonly code?: string; readonly requestId?: string } };
  readonly payload?: {
    readonly nonce?: string;
    readonly ts?: number;
    readonly runId?: string;
    readonly state?: string;
    readonly message?: { readonly content: readonly { readonly text: string }[] };
  };
}

/** Where a gateway is, and how a client of it presents itself. */
export interface Client {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly id: "cli" | "openclaw-control-ui";
  readonly mode: "cli" | "webchat";
  /** Of a Control UI; without one it is taken for too old. */
  readonly buildId?: string;
  readonly scopes: readonly string[];
  /** The gateway's token, or the one of a link that lets one browser in. */
  readonly auth: { readonly token: string } | { readonly bootstrapToken: string };
}

const patience = 60_000;
const role = "operator";
const platform = "linux";

/** A command line's session through the tests' edge. */
export const connectDevice = async (
  stack: Edge,
  tenant: string,
  token: string,
  device: Device,
): Promise<Connection> =>
  connect(
    {
      url: stack.edge.replace("http:", "ws:"),
      headers: await hostHeaders(stack, tenant),
      id: "cli",
      mode: "cli",
      scopes: ["operator.read", "operator.write"],
      auth: { token },
    },
    device,
  );

/** @throws Error if the gateway neither lets the device in nor says why not */
export async function connect(
  { url, headers, id: clientId, mode, buildId, scopes, auth }: Client,
  device: Device,
): Promise<Connection> {
  const socket = new WebSocket(url, { headers: { ...headers } });
  const listeners = new Set<(frame: Frame) => void>();
  socket.addEventListener("message", ({ data }) => {
    const frame: Frame = JSON.parse(data);
    for (const listener of listeners) {
      listener(frame);
    }
  });
  /** The first frame that is looked for. */
  const frameWhere = (wanted: (frame: Frame) => boolean): Promise<Frame> =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(listener);
        settle();
      };
      const fail = (why: string) => () => reject(new Error(`the gateway at ${url} ${why}`));
      const timer = setTimeout(() => end(fail("does not answer")), patience);
      const listener = (frame: Frame) => wanted(frame) && end(() => resolve(frame));
      listeners.add(listener);
      socket.addEventListener("close", ({ code }) => end(fail(`closed the connection: ${code}`)), {
        once: true,
      });
    });
  const request = (method: string, params: object): Promise<Frame> => {
    const id = crypto.randomUUID();
    const response = frameWhere((frame) => frame.type === "res" && frame.id === id);
    socket.send(JSON.stringify({ type: "req", id, method, params }));
    return response;
  };

  const { payload } = await frameWhere(({ event }) => event === "connect.challenge");
  const [nonce = "", signedAt = 0] = [payload?.nonce, payload?.ts];
  const credential = "token" in auth ? auth.token : auth.bootstrapToken;
  const signed = ["v3", device.id, clientId, mode, role, scopes.join(","), signedAt, credential, nonce];
  const signature = device.sign([...signed, platform, ""].join("|"));
  const { ok, error } = await request("connect", {
    minProtocol: 4,
    maxProtocol: 4,
    client: { id: clientId, version: "1.0.0", platform, mode, buildId },
    role,
    scopes,
    auth,
    device: { id: device.id, publicKey: device.publicKey, signature, signedAt, nonce },
  });
  if (ok !== true) {
    socket.close();
    return {
      kind: "refused",
      code: error?.details?.code ?? "unknown",
      requestId: error?.details?.requestId,
    };
  }
  const say = async (text: string): Promise<string> => {
    const idempotencyKey = crypto.randomUUID();
    const final = frameWhere(
      ({ event, payload: told }) =>
        event === "chat" && told?.runId === idempotencyKey && told.state === "final",
    );
    const [{ payload: told }] = await Promise.all([
      final,
      request("chat.send", { sessionKey: "main", message: text, idempotencyKey }),
    ]);
    return (told?.message?.content ?? []).map((part) => part.text).join("");
  };
  return { kind: "open", session: { say, close: () => socket.close() } };
}
