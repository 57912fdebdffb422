import { inflateRawSync } from "node:zlib";

/** Signatures and sizes of PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16. */
const endOfDirectory = { signature: Buffer.from("PK\x05\x06", "latin1"), size: 22 };
const directoryEntry = { signature: 0x02014b50, size: 46 };
const localHeaderSize = 30;
const stored = 0;
const deflated = 8;

/**
 * The content of one file of a zip archive. Reads what Terraform providers are published as: no encryption, no zip64.
 *
 * @throws Error if the archive has no such file, or packs it in another way
 */
export function unzipped(archive: Buffer, name: string): Buffer {
  const entry = entries(archive).find((each) => each.name === name);
  if (entry === undefined) {
    throw new Error(`the archive has no ${name}`);
  }
  const nameLength = archive.readUInt16LE(entry.offset + 26);
  const extraLength = archive.readUInt16LE(entry.offset + 28);
  const start = entry.offset + localHeaderSize + nameLength + extraLength;
  const data = archive.subarray(start, start + entry.packedSize);
  if (entry.method === stored) {
    return Buffer.from(data);
  }
  if (entry.method === deflated) {
    return inflateRawSync(data);
  }
  throw new Error(`${name} is packed by method ${entry.method}, not by deflate`);
}

function entries(archive: Buffer) {
  const end = archive.lastIndexOf(endOfDirectory.signature);
  if (end === -1 || archive.length < end + endOfDirectory.size) {
    throw new Error("this is no zip archive");
  }
  const count = archive.readUInt16LE(end + 10);
  const found = [];
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== directoryEntry.signature) {
      throw new Error("the archive's directory is broken");
    }
    const nameLength = archive.readUInt16LE(at + 28);
    const nameStart = at + directoryEntry.size;
    found.push({
      name: archive.toString("utf8", nameStart, nameStart + nameLength),
      method: archive.readUInt16LE(at + 10),
      packedSize: archive.readUInt32LE(at + 20),
      offset: archive.readUInt32LE(at + 42),
    });
    at = nameStart + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return found;
}
