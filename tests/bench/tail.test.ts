import { describe, expect, it } from 'vitest';
import { readResult } from '../../bench/files.js';
import { randomFrom } from '../../bench/random.js';
import { fitExponential, fitPareto, survival } from '../../bench/robustness/tail/fit.js';
import { comparedPairs, nearPairs, orientationsOf } from '../../bench/robustness/tail/near-pairs.js';
import { tailSchema } from '../../bench/robustness/tail/results.js';
import { tailSection } from '../../bench/robustness/tail/section.js';
import { drawn, excesses } from '../../bench/robustness/tail/tail-sample.js';
import { webpFilesIn } from '../../bench/robustness/tail/webp-files.js';

describe('webpFilesIn', () => {
  const webp = (content: string) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(content.length + 4);
    return Buffer.concat([Buffer.from('RIFF'), size, Buffer.from(`WEBP${content}`)]);
  };

  it('finds the WebP files inside another file', () => {
    const [first, second] = [webp('a picture'), webp('another one')];
    const file = Buffer.concat([Buffer.from('qres RIFF'), first, Buffer.from('between'), second, Buffer.from('after')]);
    expect(webpFilesIn(file, 16)).toEqual([first, second]);
  });

  it('leaves out small files and a file that ends early', () => {
    const file = Buffer.concat([webp('small'), webp('cut off at the end').subarray(0, 20)]);
    expect(webpFilesIn(file, 18)).toEqual([]);
  });
});

describe('the fits', () => {
  const counts = Array.from({ length: 30 }, (_, step) => 1e6 * (Math.exp((-2 * step) / 3) - Math.exp((-2 * (step + 1)) / 3)));

  it('find the scale of an exponential', () => {
    expect(fitExponential(counts).scale).toBeCloseTo(3, 4);
    expect(fitPareto(counts).shape).toBe(0);
  });

  it('find a tail that is heavier than an exponential', () => {
    const model = { scale: 3, shape: 0.2 };
    const heavier = counts.map((_, step) => 1e6 * (survival(model, 2 * step) - survival(model, 2 * (step + 1))));
    expect(fitPareto(heavier).shape).toBeCloseTo(0.2, 1);
  });
});

describe('the pairs', () => {
  const zero = new Uint8Array(32);
  const bits = (count: number) => zero.map((_, at) => (at < count / 8 ? 0xff : 0));
  const crop = (photograph: number, hash: Uint8Array, isDrawing = false) => ({
    photograph,
    isDrawing,
    area: { x: 0, y: 0, width: 1, height: 1 },
    hashes: [hash],
    separability: 96,
  });

  it('leave out crops of one photograph, and two drawings', async () => {
    const crops = [crop(0, zero), crop(0, bits(8)), crop(1, bits(16), true), crop(2, bits(24), true)];
    const found = await nearPairs(crops, [...crops.keys()], orientationsOf, 'later');
    expect(found.map(({ query, stored, distance }) => [query, stored, distance])).toEqual([
      [0, 2, 16],
      [0, 3, 24],
      [1, 2, 8],
      [1, 3, 16],
    ]);
  });

  it('have the distance of the negative if that is smaller', async () => {
    const found = await nearPairs([crop(0, zero), crop(1, bits(248))], [0], orientationsOf, 'both');
    expect(found).toEqual([{ query: 0, stored: 1, distance: 8 }]);
  });

  it('are counted by how often their photographs were drawn', () => {
    const counts = [
      { crops: 2, isDrawing: false },
      { crops: 1, isDrawing: true },
      { crops: 3, isDrawing: true },
    ];
    expect(comparedPairs(counts)).toBe(8);
    expect(comparedPairs(counts, [2, 1, 0])).toBe(4);
    expect(excesses({ near: [[0, 1, 78]], compared: () => 8 }, 80, [2, 3, 0]).slice(0, 2)).toEqual([0, 6]);
  });

  it('are drawn as many times as there are photographs', () => {
    expect(drawn(50, randomFrom(1)).reduce((sum, times) => sum + times, 0)).toBe(50);
  });
});

describe('the section of BENCH.md', () => {
  it('shows the pairs, the fits and the radii', () => {
    const text = tailSection(tailSchema.parse(readResult('tail.json')));
    expect(text).toContain('| bits or fewer |');
    expect(text).toMatch(/\| 42 +\| +1 200 000 \|/);
  });
});
