import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hammingDistance } from '../../src/domain/hash.js';
import { type Imaging, type ImagingResult, startImaging } from '../../src/imaging/client.js';
import { everyFlavour } from '../support/formats.js';
import { mappedFiles } from '../support/processes.js';
import { describeWithReference, referenceFile, referenceFiles } from '../support/reference.js';

let native: Imaging;
let wasm: Imaging;
beforeAll(async () => {
  native = startImaging({ children: 1, deadlineMs: 30_000 });
  wasm = startImaging({ children: 1, deadlineMs: 30_000, decoder: 'wasm' });
  await Promise.all([native.ready, wasm.ready]);
});
afterAll(() => Promise.all([native.close(), wasm.close()]));

const small = await everyFlavour(1, 320, 240);
const large = await everyFlavour(2, 900, 700);
const isNative = (file: string): boolean => /\.node$|libvips/.test(file);
const libraries = (imaging: Imaging): string[] => imaging.stats().pids.flatMap(mappedFiles).filter(isNative);

async function bothOf(bytes: Buffer): Promise<[ImagingResult, ImagingResult]> {
  return Promise.all([native.hash(bytes), wasm.hash(bytes)]);
}

function pdqOf(result: ImagingResult): string {
  if (!('pdq' in result)) throw new Error(`answers ${result.unscannable}`);
  return result.pdq[0]?.hashes[0] ?? '';
}

describe('an imaging process with the wasm decoder', () => {
  it('loads no native module and no libvips for an image of any flavour', async () => {
    for (const { bytes } of [...small, ...large]) {
      expect(await wasm.hash(bytes)).toHaveProperty('pdq');
      expect(libraries(wasm)).toEqual([]);
    }
    expect(wasm.stats().restarts).toBe(0);
  });

  it('differs from one with the native decoder, which loads both', async () => {
    expect(libraries(native).join()).toMatch(/sharp-[^,]*\.node.*libvips|libvips.*sharp-[^,]*\.node/);
  });

  it.each(small)('answers the same as the native one for a $name of 320x240', async ({ bytes }) => {
    const [expected, answer] = await bothOf(bytes);
    expect(answer).toEqual(expected);
  });

  // All were equal, but the two builds may round differently.
  it.each(large)('answers a hash within 2 bits of the native one for a $name of 900x700', async ({ bytes }) => {
    const [expected, answer] = await bothOf(bytes);
    expect(hammingDistance(pdqOf(answer), pdqOf(expected))).toBeLessThanOrEqual(2);
  });

  it('refuses the same files as the native one', async () => {
    for (const { bytes } of small) {
      for (const part of [0.02, 0.5, 0.97]) {
        const [expected, answer] = await bothOf(bytes.subarray(0, bytes.length * part));
        expect(answer).toEqual(expected);
      }
    }
  });
});

describeWithReference('a file of the reference material', () => {
  it.each(referenceFiles('pdq/lossless'))('%s has one hash under both decoders', async (file) => {
    const [expected, answer] = await bothOf(await readFile(referenceFile(file)));
    expect(answer).toEqual(expected);
  });

  it.each(referenceFiles('pdq/images/misc-images/modes'))('%s has hashes within 2 bits under both decoders', async (file) => {
    const [expected, answer] = await bothOf(await readFile(referenceFile(file)));
    expect(hammingDistance(pdqOf(answer), pdqOf(expected))).toBeLessThanOrEqual(2);
  });
});
