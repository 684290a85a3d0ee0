/** Pages of different sizes, which sharp cannot write. */
import { deflateSync } from 'node:zlib';
import type { Sharp } from 'sharp';

export interface TiffPage {
  readonly width: number;
  readonly height: number;
  /** Grey, 8 bits, deflated. */
  readonly strip: Buffer;
}

export async function tiffPage(image: Sharp): Promise<TiffPage> {
  const { data, info } = await image.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  const grey = data.filter((_, at) => at % info.channels === 0);
  return { width: info.width, height: info.height, strip: deflateSync(grey) };
}

const [short, long] = [3, 4];

export function tiffOf(...pages: TiffPage[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0\0\0\0\0', 'latin1')];
  let end = 8;
  let link: { readonly buffer: Buffer; readonly at: number } = { buffer: parts[0] ?? Buffer.alloc(8), at: 4 };
  for (const { width, height, strip } of pages) {
    const padded = Buffer.concat([strip, Buffer.alloc(strip.length % 2)]);
    const directory = directoryOf([
      [256, long, width],
      [257, long, height],
      [258, short, 8],
      [259, short, 8], // deflate
      [262, short, 1], // black is 0
      [273, long, end],
      [277, short, 1],
      [278, long, height],
      [279, long, strip.length],
    ]);
    link.buffer.writeUInt32LE(end + padded.length, link.at);
    link = { buffer: directory, at: directory.length - 4 };
    parts.push(padded, directory);
    end += padded.length + directory.length;
  }
  return Buffer.concat(parts);
}

function directoryOf(entries: readonly (readonly [tag: number, type: number, value: number])[]): Buffer {
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [k, [tag, type, value]] of entries.entries()) {
    const at = 2 + k * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.writeUInt32LE(value, at + 8);
  }
  return directory;
}
