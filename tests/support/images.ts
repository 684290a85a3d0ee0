/** Harmless images made from numbers: the same seed gives the same picture. */
import sharp, { type Sharp } from 'sharp';

/** A small seeded generator (mulberry32): uniform numbers in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const made = new Map<string, Promise<Buffer>>();

/** Something like a photograph: soft shapes of three sizes in colour, as a pipeline that can be edited and saved in any format. */
export async function scene(seed: number, { width, height }: Size = { width: 640, height: 480 }): Promise<Sharp> {
  const name = `${seed} ${width}x${height}`;
  const pixels = made.get(name) ?? draw(seed, { width, height });
  made.set(name, pixels);
  return sharp(await pixels);
}

async function draw(seed: number, { width, height }: Size): Promise<Buffer> {
  const random = randomFrom(seed);
  const layer = async (columns: number, rows: number) => {
    const raw = { width: columns, height: rows, channels: 3 } as const;
    const pixels = Buffer.from(Array.from({ length: columns * rows * 3 }, () => random() * 256));
    return sharp(pixels, { raw }).resize(width, height, { kernel: 'cubic', fit: 'fill' }).png().toBuffer();
  };
  const [coarse, middle, fine] = await Promise.all([layer(5, 4), layer(13, 11), layer(41, 37)]);
  return sharp(coarse)
    .composite([
      { input: middle, blend: 'overlay' },
      { input: fine, blend: 'soft-light' },
    ])
    .removeAlpha()
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** The scene of a seed as a JPEG of good quality. */
export async function photograph(seed: number, size?: Size): Promise<Buffer> {
  return (await scene(seed, size)).jpeg({ quality: 90 }).toBuffer();
}

/** A 256-bit hash in hex with exactly half of its bits set, as PDQ hashes of real images have. */
export function randomHash(random: () => number): string {
  const bits = Array.from({ length: 256 }, (_, at) => at % 2);
  for (let at = bits.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [bits[at], bits[other]] = [bits[other] ?? 0, bits[at] ?? 0];
  }
  return (
    bits
      .join('')
      .match(/.{4}/g)
      ?.map((nibble) => Number.parseInt(nibble, 2).toString(16))
      .join('') ?? ''
  );
}

/** `hash` with `count` different bits turned over. */
export function flipBits(hash: string, count: number, random: () => number): string {
  const digits = [...hash];
  const places = new Set<number>();
  while (places.size < count) places.add(Math.floor(random() * hash.length * 4));
  for (const place of places) {
    const at = place >> 2;
    digits[at] = (Number.parseInt(digits[at] ?? '0', 16) ^ (1 << (place & 3))).toString(16);
  }
  return digits.join('');
}
