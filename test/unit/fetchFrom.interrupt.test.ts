import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchFrom, withTemporaryFolder } from "../../embedded/engine/archives.ts";
import { Interrupted } from "../../lib/terminal/errors.ts";

/** A file of its own: who was interrupted stays so. */
test("after Ctrl-C no other source is tried", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.write("half");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await withTemporaryFolder(async (folder) => {
      const sources = ["one", "other"].map((name) => ({ url: `http://127.0.0.1:${port}/${name}` }));
      const fetched = fetchFrom(sources, join(folder, "file"), () => process.emit("SIGINT"));
      await expect(fetched).rejects.toThrow(Interrupted);
    });
    expect(asked).toEqual(["/one"]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
