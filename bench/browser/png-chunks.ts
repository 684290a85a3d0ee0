/** Adds chunks to a PNG that sharp cannot write (PNG 3rd edition, 5.3). */
import { crc32 } from 'node:zlib';

/** The signature and IHDR. */
const headEnd = 8 + 25;

function withChunk(png: Buffer, type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, headEnd), length, body, check, png.subarray(headEnd)]);
}

/** `gamma` is the exponent of the encoder; 1 means linear light (11.3.2.2). */
export function withGamma(png: Buffer, gamma: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeUInt32BE(Math.round(gamma * 100_000));
  return withChunk(png, 'gAMA', data);
}

/** Display P3 with the sRGB transfer function, full range (11.3.2.6). */
export function withP3Code(png: Buffer): Buffer {
  return withChunk(png, 'cICP', Buffer.of(12, 13, 0, 1));
}
