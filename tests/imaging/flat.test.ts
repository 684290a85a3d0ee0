import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { purposes } from '../../native-free-workers/image-task.js';
import { hammingDistance } from '../../src/domain/hash.js';
import { startImaging } from '../../src/imaging/client.js';
import type { ImagingResult } from '../../src/imaging/protocol.js';
import { photograph, scene } from '../support/images.js';
import { patterns, smallOnPage } from '../support/patterns.js';
import { referenceFile } from '../support/reference.js';

const imaging = startImaging({ children: 1, variants: 'all' });
afterAll(() => imaging.close());

async function answers(image: Buffer): Promise<(string | undefined)[]> {
  const results = await Promise.all(purposes.map((purpose) => imaging.hash(image, undefined, purpose)));
  return results.map((result) => ('unscannable' in result ? result.unscannable : undefined));
}

const variantsIn = (result: ImagingResult) => ('pdq' in result ? result.pdq.map(({ variant }) => variant) : []);

describe('a degenerate picture', () => {
  it.each(patterns)('is flat for query and enrolment, and no part is hashed instead: %s', async (_, picture) => {
    expect(await answers(await picture())).toEqual(['flat', 'flat']);
  });
});

describe('a drawn picture without a usable hash', () => {
  it.each(['checker', 'two-tone-half', 'gradient-x', 'flat-white', 'flat-black'])('is flat: %s', async (name) => {
    expect(await answers(await readFile(referenceFile(`pdq/lossless/${name}.png`)))).toEqual(['flat', 'flat']);
  });
});

describe('an animation that begins with a flat picture', () => {
  const plain = { create: { width: 320, height: 240, channels: 3, background: '#000' } } as const;
  const animation = async (pictures: readonly Promise<Buffer>[]) =>
    sharp(await Promise.all(pictures), { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
  const black = () => sharp(plain).png().toBuffer();

  it('has the blockhashes of its first picture that is not flat', async () => {
    const picture = async () => (await scene(6, { width: 320, height: 240 })).png().toBuffer();
    const [alone, last] = [await imaging.hash(await picture()), await imaging.hash(await animation([black(), picture()]))];
    expect(variantsIn(last)).toEqual(['frame_2']);
    expect(last).toMatchObject({ blockhash: 'blockhash' in alone ? alone.blockhash : [] });
    expect(last).toHaveProperty('blockhash.length', 8);
  });

  it('has no blockhashes if every picture is flat', async () => {
    expect(await imaging.hash(await animation([black(), black()]))).toMatchObject({ unscannable: 'flat', blockhash: [] });
    const [, disc] = patterns.find(([name]) => name === 'a black disc') ?? [];
    expect(await imaging.hash((await disc?.()) ?? Buffer.of())).toMatchObject({ unscannable: 'flat', blockhash: [] });
  });
});

describe('a photograph on a flat page', () => {
  it.each(purposes)('is hashed only without the page (%s)', async (purpose) => {
    const result = await imaging.hash(await smallOnPage(2), undefined, purpose);
    expect(result).not.toHaveProperty('unscannable');
    expect(variantsIn(result)).toEqual(['deborder']);
  });

  it('has the hash of the photograph itself', async () => {
    const [alone, onPage] = await Promise.all([photograph(2), smallOnPage(2)].map(async (image) => imaging.hash(await image)));
    const [own, found] = [alone, onPage].map((result) => (result && 'pdq' in result ? result.pdq[0]?.hashes[0] : undefined));
    expect(hammingDistance(own ?? '', found ?? '')).toBeLessThanOrEqual(10);
  });
});
