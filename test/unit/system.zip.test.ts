import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { unzipped } from "../../lib/system/zip.ts";
import { zipOf } from "../fixtures/zip.ts";

const text = "a program ".repeat(100);

test("a file of a zip archive comes out as it went in, packed or not", () => {
  const archive = zipOf({
    "README.md": { method: 0, data: Buffer.from("read") },
    program: { method: 8, data: deflateRawSync(text) },
  });
  expect(unzipped(archive, "README.md").toString()).toBe("read");
  expect(unzipped(archive, "program").toString()).toBe(text);
});

test("what is not in an archive, or no archive, is said", () => {
  const archive = zipOf({ other: { method: 12, data: Buffer.from("bzip2") } });
  expect(() => unzipped(archive, "program")).toThrow("the archive has no program");
  expect(() => unzipped(archive, "other")).toThrow("other is packed by method 12, not by deflate");
  expect(() => unzipped(Buffer.from("<html>"), "program")).toThrow("this is no zip archive");
});
