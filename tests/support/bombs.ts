/** Hostile files: small to send, large or endless to read. */
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { pngChunk, pngSignature } from './bad-images.js';

const text = (latin1: string): Buffer => Buffer.from(latin1, 'latin1');

const MiB = 2 ** 20;
const deflatedMiB = deflateRawSync(Buffer.alloc(MiB), { level: 9, finishFlush: constants.Z_FULL_FLUSH });

/** Repeats one compressed MiB: compressing 900 MB takes seconds. */
function deflatedZeros(zeros: number): Buffer {
  const whole = Array<Buffer>(Math.floor(zeros / MiB)).fill(deflatedMiB);
  const rest = deflateRawSync(Buffer.alloc(zeros % MiB), { level: 9 });
  // Adler-32: the first sum stays 1, the second counts the zeros.
  const checksum = Buffer.alloc(4);
  checksum.writeUInt16BE(zeros % 65_521, 0);
  checksum.writeUInt16BE(1, 2);
  return Buffer.concat([Buffer.from([0x78, 0xda]), ...whole, rest, checksum]);
}

export function withPngChunks(png: Buffer, ...chunks: Buffer[]): Buffer {
  const headerEnd = pngSignature.length + 25;
  return Buffer.concat([png.subarray(0, headerEnd), ...chunks, png.subarray(headerEnd)]);
}

export function textBomb(png: Buffer, kind: 'zTXt' | 'iTXt', count: number, bytes: number): Buffer {
  const head = kind === 'zTXt' ? text('Comment\0\0') : text('XML:com.adobe.xmp\0\x01\0\0\0');
  const chunk = pngChunk(kind, Buffer.concat([head, deflatedZeros(bytes)]));
  return withPngChunks(png, ...Array<Buffer>(count).fill(chunk));
}

export function withPngProfile(png: Buffer, icc: Uint8Array): Buffer {
  return withPngChunks(png, pngChunk('iCCP', Buffer.concat([text('p\0\0'), deflateSync(icc)])));
}

/** Decoders read `hidden`, browsers show `shown`. Both need one IDAT and the same size. */
export function animatedPng(hidden: Buffer, shown: Buffer): Buffer {
  const idat = shown.indexOf('IDAT');
  const pixels = shown.subarray(idat + 4, idat + 4 + shown.readUInt32BE(idat - 4));
  const frame = Buffer.concat([Buffer.alloc(4), shown.subarray(16, 24), Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0])]);
  const animated = withPngChunks(hidden, pngChunk('acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])));
  const frames = [pngChunk('fcTL', frame), pngChunk('fdAT', Buffer.concat([Buffer.from([0, 0, 0, 1]), pixels]))];
  return Buffer.concat([animated.subarray(0, -12), ...frames, animated.subarray(-12)]);
}

export function profileBomb(png: Buffer, bytes: number): Buffer {
  return withPngChunks(png, pngChunk('iCCP', Buffer.concat([text('p\0\0'), deflatedZeros(bytes)])));
}

export function withJpegSegments(jpeg: Buffer, marker: number, segments: readonly Buffer[]): Buffer {
  const framed = segments.map((data) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...framed, jpeg.subarray(2)]);
}

export function withoutJpegSegments(jpeg: Buffer, marker: number): Buffer {
  const head = Buffer.from([0xff, marker]);
  let rest = jpeg;
  for (let at = rest.indexOf(head); at >= 0; at = rest.indexOf(head)) {
    rest = Buffer.concat([rest.subarray(0, at), rest.subarray(at + 2 + rest.readUInt16BE(at + 2))]);
  }
  return rest;
}

/** The largest possible colour profile: 255 segments, 16 MB. */
export function largeProfile(jpeg: Buffer): Buffer {
  const segments = Array.from({ length: 255 }, (_, at) =>
    Buffer.concat([text('ICC_PROFILE\0'), Buffer.from([at + 1, 255]), Buffer.alloc(65_000, at)]),
  );
  return withJpegSegments(jpeg, 0xe2, segments);
}

/** An EXIF directory that claims 65 535 entries and names itself as the next. */
export function endlessExif(jpeg: Buffer): Buffer {
  const directory = Buffer.alloc(60_000, 0x12);
  directory.write('Exif\0\0II*\0', 'latin1');
  directory.writeUInt32LE(8, 10); // offset of the first directory
  directory.writeUInt16LE(0xffff, 14);
  // Entry 0 points to this directory.
  directory.writeUInt16LE(0x8769, 16);
  directory.writeUInt16LE(4, 18);
  directory.writeUInt32LE(1, 20);
  directory.writeUInt32LE(8, 24);
  return withJpegSegments(jpeg, 0xe1, [directory]);
}

/** A TIFF whose directory names itself as the next. */
export async function endlessTiff(tiff: Buffer): Promise<Buffer> {
  const copy = Buffer.from(tiff);
  const at = copy.readUInt32LE(4);
  copy.writeUInt32LE(at, at + 2 + copy.readUInt16LE(at) * 12);
  return copy;
}

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

export function endless(animation: Buffer, times: number): Buffer {
  const isGif = animation.toString('latin1', 0, 3) === 'GIF';
  const last = isGif ? animation.lastIndexOf(Buffer.from([0x21, 0xf9, 4])) : animation.lastIndexOf('ANMF', undefined, 'latin1');
  const end = isGif ? animation.length - 1 : animation.length;
  const frame = animation.subarray(last, end);
  const longer = Buffer.concat([animation.subarray(0, end), ...Array<Buffer>(times).fill(frame), animation.subarray(end)]);
  if (!isGif) longer.writeUInt32LE(longer.length - 8, 4);
  return longer;
}

/** The passes of an interlaced PNG: first column, first row, and their steps. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Interlaced: a decoder holds the whole image before it knows the first row. */
export function interlacedBlack(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 1], 8); // 8 bits, RGB, interlaced
  const bytes = adam7.map(([left, top, right, down]) => {
    const [columns, rows] = [Math.ceil((width - left) / right), Math.ceil((height - top) / down)];
    return rows * (1 + 3 * columns);
  });
  const pixels = deflatedZeros(bytes.reduce((sum, pass) => sum + pass, 0));
  return Buffer.concat([pngSignature, pngChunk('IHDR', header), pngChunk('IDAT', pixels), pngChunk('IEND', Buffer.alloc(0))]);
}

/** A progressive JPEG whose last scan repeats; each costs a pass over all coefficients. */
export async function scanBomb(width: number, height: number, scans: number): Promise<Buffer> {
  const create = { width, height, channels: 3, background: '#407080' } as const;
  const jpeg = await sharp({ create }).jpeg({ progressive: true, optimiseScans: false }).toBuffer();
  const last = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = jpeg.subarray(last, -2);
  return Buffer.concat([jpeg.subarray(0, -2), ...Array<Buffer>(scans).fill(scan), jpeg.subarray(-2)]);
}

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

export const liars: readonly string[] = Object.keys(dimensions);

export function claiming(flavour: string, bytes: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(bytes);
  dimensions[flavour]?.(copy, width, height);
  return copy;
}
