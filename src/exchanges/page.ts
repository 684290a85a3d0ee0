/** Pages of an exchange are files of a format: the same code reads both. */
import type { Format, ReadItem, SourceFile } from '../formats/format.js';

export function fileOf(bytes: Buffer): SourceFile {
  return {
    name: 'page',
    path: null,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
  };
}

const chunkBytes = 2 ** 18;

/** @throws FormatError */
export async function recordsOf(format: Format, bytes: Buffer): Promise<ReadItem[]> {
  const items: ReadItem[] = [];
  for await (const batch of format.read(fileOf(bytes))) for (const item of batch) items.push(item);
  return items;
}
