/** Files that mean harm: small to send, large or endless to read. Each is what its format allows, or nearly. */
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { pngChunk, pngSignature } from './bad-images.js';

const text = (latin1: string): Buffer => Buffer.from(latin1, 'latin1');

const deflated = new Map<number, Buffer>();

/** `zeros` bytes, which deflate to a thousandth; made once, for 200 MB take a second. */
function deflatedZeros(zeros: number): Buffer {
  const made = deflated.get(zeros) ?? deflateSync(Buffer.alloc(zeros), { level: 9 });
  deflated.set(zeros, made);
  return made;
}

/** Puts chunks behind the header of a PNG, where text and profiles stand. */
export function withPngChunks(png: Buffer, ...chunks: Buffer[]): Buffer {
  const headerEnd = pngSignature.length + 25;
  return Buffer.concat([png.subarray(0, headerEnd), ...chunks, png.subarray(headerEnd)]);
}

/** A PNG that carries `count` texts which inflate to `bytes` each. */
export function textBomb(png: Buffer, kind: 'zTXt' | 'iTXt', count: number, bytes: number): Buffer {
  const head = kind === 'zTXt' ? text('Comment\0\0') : text('XML:com.adobe.xmp\0\x01\0\0\0');
  const chunk = pngChunk(kind, Buffer.concat([head, deflatedZeros(bytes)]));
  return withPngChunks(png, ...Array<Buffer>(count).fill(chunk));
}

/** A PNG with that colour profile. */
export function withPngProfile(png: Buffer, icc: Uint8Array): Buffer {
  return withPngChunks(png, pngChunk('iCCP', Buffer.concat([text('p\0\0'), deflateSync(icc)])));
}

/** A PNG that decoders take for `hidden`'s alone and that browsers show as the frame `shown`; both have one IDAT and one size. */
export function animatedPng(hidden: Buffer, shown: Buffer): Buffer {
  const idat = shown.indexOf('IDAT');
  const pixels = shown.subarray(idat + 4, idat + 4 + shown.readUInt32BE(idat - 4));
  const frame = Buffer.concat([Buffer.alloc(4), shown.subarray(16, 24), Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0])]);
  const animated = withPngChunks(hidden, pngChunk('acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])));
  const frames = [pngChunk('fcTL', frame), pngChunk('fdAT', Buffer.concat([Buffer.from([0, 0, 0, 1]), pixels]))];
  return Buffer.concat([animated.subarray(0, -12), ...frames, animated.subarray(-12)]);
}

/** A PNG whose colour profile inflates to `bytes`. */
export function profileBomb(png: Buffer, bytes: number): Buffer {
  return withPngChunks(png, pngChunk('iCCP', Buffer.concat([text('p\0\0'), deflatedZeros(bytes)])));
}

/** Application segments of a JPEG, each of 64 KiB but for the last bytes. */
export function withJpegSegments(jpeg: Buffer, marker: number, segments: readonly Buffer[]): Buffer {
  const framed = segments.map((data) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...framed, jpeg.subarray(2)]);
}

/** A JPEG without its application segments of that marker: those of a colour profile, 0xe2, can be half a megabyte. */
export function withoutJpegSegments(jpeg: Buffer, marker: number): Buffer {
  const head = Buffer.from([0xff, marker]);
  let rest = jpeg;
  for (let at = rest.indexOf(head); at >= 0; at = rest.indexOf(head)) {
    rest = Buffer.concat([rest.subarray(0, at), rest.subarray(at + 2 + rest.readUInt16BE(at + 2))]);
  }
  return rest;
}

/** A JPEG with as large a colour profile as there can be: 255 segments, 16 MB of nonsense. */
export function largeProfile(jpeg: Buffer): Buffer {
  const segments = Array.from({ length: 255 }, (_, at) =>
    Buffer.concat([text('ICC_PROFILE\0'), Buffer.from([at + 1, 255]), Buffer.alloc(65_000, at)]),
  );
  return withJpegSegments(jpeg, 0xe2, segments);
}

/** A JPEG whose EXIF directory says that the next directory is itself, and that it has 65 535 entries. */
export function endlessExif(jpeg: Buffer): Buffer {
  const directory = Buffer.alloc(60_000, 0x12);
  directory.write('Exif\0\0II*\0', 'latin1');
  directory.writeUInt32LE(8, 10); // the first directory is at 8 from the byte order mark
  directory.writeUInt16LE(0xffff, 14);
  // Entry 0: a pointer to an EXIF directory, which is this one again.
  directory.writeUInt16LE(0x8769, 16);
  directory.writeUInt16LE(4, 18);
  directory.writeUInt32LE(1, 20);
  directory.writeUInt32LE(8, 24);
  return withJpegSegments(jpeg, 0xe1, [directory]);
}

/** A TIFF whose directory follows itself for ever. */
export async function endlessTiff(tiff: Buffer): Promise<Buffer> {
  const copy = Buffer.from(tiff);
  const at = copy.readUInt32LE(4);
  copy.writeUInt32LE(at, at + 2 + copy.readUInt16LE(at) * 12);
  return copy;
}

/** A GIF of `frames` frames of one pixel, a tenth of a second each: 36 000 play for an hour. */
export function longGif(frames: number, width = 64, height = 64): Buffer {
  const preflight = Buffer.from([0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
  preflight.writeUInt16LE(width, 0);
  preflight.writeUInt16LE(height, 2);
  const frame = Buffer.from([
    ...[0x21, 0xf9, 4, 0, 10, 0, 0, 0], // wait 10/100 s
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0], // one pixel at the top left
    ...[2, 2, 0x44, 0x01, 0], // LZW: clear, colour 0, end
  ]);
  return Buffer.concat([text('GIF89a'), preflight, ...Array<Buffer>(frames).fill(frame), Buffer.from([0x3b])]);
}

/** A GIF or WebP whose last frame is there `times` times more. */
export function endless(animation: Buffer, times: number): Buffer {
  const isGif = animation.toString('latin1', 0, 3) === 'GIF';
  const last = isGif ? animation.lastIndexOf(Buffer.from([0x21, 0xf9, 4])) : animation.lastIndexOf('ANMF', undefined, 'latin1');
  const end = isGif ? animation.length - 1 : animation.length;
  const frame = animation.subarray(last, end);
  const longer = Buffer.concat([animation.subarray(0, end), ...Array<Buffer>(times).fill(frame), animation.subarray(end)]);
  if (!isGif) longer.writeUInt32LE(longer.length - 8, 4);
  return longer;
}

/** One colour in few bytes; interlaced, so that all of it must be in memory before the first row is known. */
export function interlacedPlain(width: number, height: number): Promise<Buffer> {
  const create = { width, height, channels: 3, background: '#407080' } as const;
  return sharp({ create, limitInputPixels: false }).png({ progressive: true, compressionLevel: 9 }).toBuffer();
}

/** A progressive JPEG whose last scan comes again and again: each costs a pass over all coefficients. */
export async function scanBomb(width: number, height: number, scans: number): Promise<Buffer> {
  const create = { width, height, channels: 3, background: '#407080' } as const;
  const jpeg = await sharp({ create }).jpeg({ progressive: true, optimiseScans: false }).toBuffer();
  const last = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
  // The tables of that scan stand before it and hold from there on.
  const scan = jpeg.subarray(last, -2);
  return Buffer.concat([jpeg.subarray(0, -2), ...Array<Buffer>(scans).fill(scan), jpeg.subarray(-2)]);
}

/** Where a file of each format says its width and height. */
const dimensions: Readonly<Record<string, (bytes: Buffer, width: number, height: number) => void>> = {
  jpeg(bytes, width, height) {
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(height & 0xffff, frame + 5);
    bytes.writeUInt16BE(width & 0xffff, frame + 7);
  },
  png(bytes, width, height) {
    const header = Buffer.from(bytes.subarray(16, 29));
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    pngChunk('IHDR', header).copy(bytes, pngSignature.length);
  },
  gif(bytes, width, height) {
    const frame = bytes.indexOf(Buffer.from([0x2c, 0, 0, 0, 0]));
    for (const at of [6, frame + 5]) bytes.writeUInt16LE(width & 0xffff, at);
    for (const at of [8, frame + 7]) bytes.writeUInt16LE(height & 0xffff, at);
  },
  webp(bytes, width, height) {
    const frame = bytes.indexOf(Buffer.from([0x9d, 0x01, 0x2a]));
    bytes.writeUInt16LE(width & 0x3fff, frame + 3);
    bytes.writeUInt16LE(height & 0x3fff, frame + 5);
  },
  'jpeg in tiff'(bytes, width, height) {
    const directory = bytes.readUInt32LE(4);
    for (let entry = 0; entry < bytes.readUInt16LE(directory); entry++) {
      const at = directory + 2 + entry * 12;
      const value = { 256: width, 257: height }[bytes.readUInt16LE(at)];
      if (value === undefined) continue;
      bytes.writeUInt16LE(4, at + 2); // 32 bits
      bytes.writeUInt32LE(value, at + 8);
    }
  },
  avif(bytes, width, height) {
    const at = bytes.indexOf('ispe', 0, 'latin1');
    bytes.writeUInt32BE(width, at + 8);
    bytes.writeUInt32BE(height, at + 12);
  },
};

/** Names of the flavours (tests/support/formats.ts) whose size can be lied about. */
export const liars: readonly string[] = Object.keys(dimensions);

/** A copy of the file that claims another size, as large as its format can say. */
export function claiming(flavour: string, bytes: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(bytes);
  dimensions[flavour]?.(copy, width, height);
  return copy;
}
