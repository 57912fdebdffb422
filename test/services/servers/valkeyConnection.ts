import { once } from "node:events";
import { connect as tcpConnect } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { serviceHost } from "../../../components/services/inCluster/tls.ts";

export type Reply = string | number | null | Reply[];

/**
 * A connection that stays, in the protocol that Valkey speaks (https://valkey.io/topics/protocol/): for what valkey-cli
 * cannot show, such as when the server ends it.
 */
export class ValkeyConnection {
  /** Ends once the connection has. */
  readonly ended: Promise<unknown>;
  private readonly socket: TLSSocket;
  private readonly waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];
  private received = Buffer.alloc(0);

  /** @param name of the service whose certificate the server is to have */
  static async open(port: number, name: string, authority: string): Promise<ValkeyConnection> {
    const socket = connect({
      socket: tcpConnect(port, "127.0.0.1"),
      servername: serviceHost(name),
      ca: authority,
    });
    await once(socket, "secureConnect");
    return new ValkeyConnection(socket);
  }

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => {
      socket.on("close", resolve);
    });
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      for (let reply = parse(this.received, 0); reply; reply = parse(this.received, 0)) {
        this.received = this.received.subarray(reply.end);
        const { value } = reply;
        const asked = this.waiting.shift();
        value instanceof Error ? asked?.reject(value) : asked?.resolve(value);
      }
    });
    void this.ended.then(() => {
      for (const { reject } of this.waiting.splice(0)) {
        reject(new Error("the server has ended the connection"));
      }
    });
  }

  /** @throws Error with the server's error, or when the connection has ended */
  send(...words: readonly string[]): Promise<Reply> {
    if (this.socket.destroyed) {
      return Promise.reject(new Error("the server has ended the connection"));
    }
    const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    this.socket.write(`*${words.length}\r\n${bulks.join("")}`);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  close(): void {
    this.socket.destroy();
  }
}

interface Parsed {
  readonly value: Reply | Error;
  readonly end: number;
}

/** @returns undefined as long as the reply is not whole */
function parse(data: Buffer, start: number): Parsed | undefined {
  const lineEnd = data.indexOf("\r\n", start);
  if (lineEnd < 0) {
    return undefined;
  }
  const line = data.toString("utf8", start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(data.readUInt8(start))) {
    case "+":
      return { value: line, end };
    case "-":
      return { value: new Error(line), end };
    case ":":
      return { value: Number(line), end };
    case "$":
      return parseBulk(data, end, Number(line));
    case "*":
      return parseArray(data, end, Number(line));
    default:
      throw new Error(`Valkey sent a reply of an unknown type: ${line}`);
  }
}

function parseBulk(data: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) {
    return { value: null, end: start };
  }
  const end = start + length + 2;
  return data.length < end ? undefined : { value: data.toString("utf8", start, end - 2), end };
}

function parseArray(data: Buffer, start: number, length: number): Parsed | undefined {
  const values: Reply[] = [];
  let end = start;
  for (let index = 0; index < length; index += 1) {
    const element = parse(data, end);
    if (element === undefined) {
      return undefined;
    }
    values.push(element.value instanceof Error ? element.value.message : element.value);
    end = element.end;
  }
  return { value: values, end };
}
