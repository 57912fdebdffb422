import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ranges from which Linux and macOS take the ports of outgoing connections. */
const lowest = 20_000;
const highest = 32_000;

/** Ports of this machine that nobody listens on just now. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(lowest, highest);
    if (!ports.has(port) && (await isFree(port))) {
      ports.add(port);
    }
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
