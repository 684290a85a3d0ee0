import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { corpus } from '../../bench/fuzz/corpus.js';
import { fieldsOf } from '../../bench/fuzz/fields.js';
import { fuzz, mutant } from '../../bench/fuzz/fuzz.js';
import { decoders } from '../../src/imaging/client.js';

const originals = await corpus();
const counts = { native: 400, wasm: 150 };

describe.each(decoders)('mutated files under the %s decoder', (decoder) => {
  it('all get an answer, and no process crashes, hangs, needs too much memory or stays behind', async () => {
    const count = counts[decoder];
    const run = await fuzz(originals, { decoder, seed: 20, count, children: 2, deadlineMs: 30_000 });
    expect(run).toMatchObject({ crashes: [], unreproduced: 0, killed: [], late: 0, rejected: 0, leftBehind: 0 });
    expect(Object.values(run.answers).reduce((sum, answers) => sum + answers, 0)).toBe(count);
    expect(run.answers.hashed).toBeGreaterThan(count / 20);
    expect(run.answers.truncated).toBeGreaterThan(count / 4);
    expect(run.memoryMiB.peak).toBeLessThan(1_024);
  });
});

describe('corpus', () => {
  it('has a big-endian TIFF with the same pixels as the PNG', async () => {
    const pixels = (wanted: string) =>
      sharp(originals.find(({ name }) => name === wanted)?.bytes)
        .raw()
        .toBuffer();
    expect(await pixels('big-endian tiff')).toEqual(await pixels('png'));
  });
});

describe('mutant', () => {
  it('depends on the seed and the index only', () => {
    const { bytes } = mutant(originals, 1, 7);
    expect(mutant(originals, 1, 7).bytes).toEqual(bytes);
    expect(mutant(originals, 1, 8).bytes).not.toEqual(bytes);
    expect(mutant(originals, 2, 7).bytes).not.toEqual(bytes);
  });

  it('does not change the originals', async () => {
    for (let index = 0; index < 200; index++) mutant(originals, 3, index);
    expect(originals).toEqual(await corpus());
  });
});

describe('fieldsOf', () => {
  // A bare JPEG XL codestream packs its fields by bits.
  it.each(originals.filter(({ name }) => !name.endsWith('.jxl')))('finds lengths and dimensions in: $name', ({ bytes }) => {
    expect(fieldsOf(bytes).length).toBeGreaterThan(3);
  });

  it('finds nothing in a file that is not an image', () => {
    expect(fieldsOf(Buffer.from('plain text'))).toEqual([]);
  });
});
