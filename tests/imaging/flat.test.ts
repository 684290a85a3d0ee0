import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { purposes } from '../../native-free-workers/image-result.js';
import { hammingDistance } from '../../src/domain/hash.js';
import { startImaging } from '../../src/imaging/client.js';
import type { ImagingResult } from '../../src/imaging/protocol.js';
import { photograph } from '../support/images.js';
import { patterns, smallOnPage } from '../support/patterns.js';
import { describeWithReference, referenceFile } from '../support/reference.js';

const imaging = startImaging({ children: 1, variants: 'all' });
afterAll(() => imaging.close());

async function answers(image: Buffer): Promise<(string | undefined)[]> {
  const results = await Promise.all(purposes.map((purpose) => imaging.hash(image, undefined, purpose)));
  return results.map((result) => ('unscannable' in result ? result.unscannable : undefined));
}

const variantsIn = (result: ImagingResult) => ('pdq' in result ? result.pdq.map(({ variant }) => variant) : []);

describe('a picture that says nothing', () => {
  it.each(patterns)('is flat as a query and at enrolment, no part of it being hashed instead: %s', async (_, picture) => {
    expect(await answers(await picture())).toEqual(['flat', 'flat']);
  });
});

describeWithReference('a lossless picture that says nothing', () => {
  it.each(['checker', 'two-tone-half', 'gradient-x', 'flat-white', 'flat-black'])('is flat: %s', async (name) => {
    expect(await answers(await readFile(referenceFile(`pdq/lossless/${name}.png`)))).toEqual(['flat', 'flat']);
  });
});

describe('a photograph on a flat page', () => {
  it.each(purposes)('is hashed without the page and nothing else (%s)', async (purpose) => {
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
