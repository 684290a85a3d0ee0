import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { plainPdq } from '../../../native-free-workers/oracles/pdq.js';
import { ProbeSketches } from '../../../src/service/abuse/probe-sketches.js';
import { flipBits, randomFrom, randomHash, scene } from '../../support/images.js';

const key = Uint8Array.from({ length: 32 }, (_, at) => at * 7);
const random = randomFrom(83);
const sketches = (now?: () => number) => new ProbeSketches(key, now ? { now } : {});
const variantsOf = (hash: string, count: number, bits: number) =>
  Array.from({ length: count }, () => flipBits(hash, bits, random));
const highestCount = (to: ProbeSketches, hashes: readonly string[], owner = 1) =>
  Math.max(...hashes.map((hash) => to.add(owner, hash)));

describe('equal hashes', () => {
  it('count once, however often they come', () => {
    const to = sketches();
    expect(highestCount(to, Array<string>(10_000).fill(randomHash(random)))).toBe(1);
  });

  it('count once among others', () => {
    const hashes = variantsOf(randomHash(random), 60, 12);
    const once = highestCount(sketches(), hashes);
    expect(highestCount(sketches(), [...hashes, ...hashes, ...hashes.toReversed()])).toBe(once);
  });
});

describe('near variants', () => {
  it('count the same in any order', () => {
    const hash = randomHash(random);
    fc.assert(
      fc.property(fc.shuffledSubarray(variantsOf(hash, 80, 12), { minLength: 80 }), (order) => {
        const end = (hashes: readonly string[]) => {
          const to = sketches();
          for (const one of hashes) to.add(1, one);
          return to.add(1, hash);
        };
        expect(end(order)).toBe(end(order.toSorted()));
      }),
      { numRuns: 20 },
    );
  });

  it('count at most 10 % more than there are', () => {
    for (const bits of [2, 8, 16, 31])
      expect(highestCount(sketches(), variantsOf(randomHash(random), 300, bits))).toBeLessThan(330);
  });

  it.each([
    [1, 110],
    [8, 120],
    [16, 180],
    [24, 400],
    [31, 1_000],
  ])('of %i bits pass 64 within %i of them', (bits, probes) => {
    for (let round = 0; round < 5; round++) {
      expect(highestCount(sketches(), variantsOf(randomHash(random), probes, bits))).toBeGreaterThanOrEqual(64);
    }
  });

  it('that each flip another bit count one by one', () => {
    const picture = randomHash(random);
    const to = sketches();
    const counts = Array.from({ length: 128 }, (_, bit) => to.add(1, withBit(picture, bit * 2)));
    expect(counts.at(-1)).toBeGreaterThan(90);
    expect(counts.at(-1)).toBeLessThan(170);
  });

  it('count separately for each owner', () => {
    const to = sketches();
    const variants = variantsOf(randomHash(random), 200, 8);
    highestCount(to, variants, 1);
    expect(to.add(2, variants[0] ?? '')).toBe(1);
  });

  it('are noticed among fifty times as many other pictures', () => {
    const to = sketches();
    const flooded = variantsOf(randomHash(random), 400, 12).map((hash) => {
      for (let other = 0; other < 50; other++) to.add(1, randomHash(random));
      return to.add(1, hash);
    });
    expect(Math.max(...flooded)).toBeGreaterThanOrEqual(64);
  });
});

describe('ordinary traffic', () => {
  it('of 100 000 unrelated pictures counts none as variants', () => {
    expect(
      highestCount(
        sketches(),
        Array.from({ length: 100_000 }, () => randomHash(random)),
      ),
    ).toBe(1);
  });

  // Measured: 6 to 20 for 90 encodings of a photograph (docs/decisions/0011-enumeration-guard.md).
  it('of fifty encodings of one picture stays far below an alert', async () => {
    const hashes = await encodingsOf(5);
    expect(new Set(hashes).size).toBeGreaterThan(5);
    expect(highestCount(sketches(), [...hashes, ...hashes, ...hashes])).toBeLessThan(32);
  });
});

describe('sketches', () => {
  it('are forgotten within ten minutes', () => {
    let now = 0;
    const to = sketches(() => now);
    const hashes = variantsOf(randomHash(random), 100, 8);
    expect(highestCount(to, hashes)).toBeGreaterThan(32);
    now = 9 * 60_000;
    expect(to.add(1, hashes[0] ?? '')).toBe(1);
  });

  it('are swept when no queries come', () => {
    let now = 0;
    const to = sketches(() => now);
    to.add(1, randomHash(random));
    to.sweep();
    const before = to.size;
    now = 9 * 60_000;
    to.sweep();
    expect([before, to.size]).toEqual([4, 0]);
  });

  it('sample other bits under another key', () => {
    const other = new ProbeSketches(new Uint8Array(32));
    const variants = variantsOf(randomHash(random), 200, 20);
    const counts = (to: ProbeSketches) => variants.map((hash) => to.add(1, hash));
    expect(counts(sketches())).not.toEqual(counts(other));
  });
});

function withBit(hash: string, place: number): string {
  const bytes = Buffer.from(hash, 'hex');
  bytes[place >> 3] = (bytes[place >> 3] ?? 0) ^ (1 << (place & 7));
  return bytes.toString('hex');
}

async function encodingsOf(seed: number): Promise<string[]> {
  const hashes: string[] = [];
  for (const width of [240, 280, 320, 360, 400]) {
    for (const quality of [30, 50, 70, 80, 90]) {
      for (const format of ['jpeg', 'webp'] as const) {
        const encoded = await (await scene(seed)).resize(width).toFormat(format, { quality }).toBuffer();
        const { data, info } = await sharp(encoded).removeAlpha().raw().toBuffer({ resolveWithObject: true });
        const { hashes: turned } = plainPdq({ data: new Uint8Array(data), width: info.width, height: info.height, channels: 3 });
        hashes.push(turned[0] ?? '');
      }
    }
  }
  return hashes;
}
