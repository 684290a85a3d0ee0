import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRegion } from '../../src/domain/hash.js';
import { type Imaging, startImaging } from '../../src/imaging/client.js';
import { withJpegSegments } from '../support/bombs.js';
import { scene } from '../support/images.js';
import { app2, zigzagWith } from '../support/profiles.js';

let imaging: Imaging;
beforeAll(() => {
  imaging = startImaging({ children: 1 });
});
afterAll(() => imaging.close());

const letterboxed = async (seed: number): Promise<Buffer> =>
  (await scene(seed)).extend({ top: 80, bottom: 80, background: '#000' }).png().toBuffer();
const jpegOf = async (picture: Buffer): Promise<Buffer> => sharp(picture).jpeg({ quality: 92 }).toBuffer();

async function animationOf(...pictures: readonly Buffer[]): Promise<Buffer> {
  return sharp([...pictures], { join: { animated: true } })
    .webp({ effort: 0 })
    .toBuffer();
}

const kinds: readonly (readonly [name: string, make: () => Promise<Buffer>, hashes: number, also: readonly string[]])[] = [
  ['a photograph', async () => (await scene(1)).jpeg().toBuffer(), 19, []],
  ['a letterboxed picture', async () => jpegOf(await letterboxed(1)), 20, ['deborder_plain']],
  [
    'an animation',
    async () => animationOf(...(await Promise.all([1, 2, 3].map(async (seed) => (await scene(seed)).png().toBuffer())))),
    20,
    ['frame_2', 'frame_3'],
  ],
  [
    'a letterboxed animation',
    async () => animationOf(...(await Promise.all([1, 2, 3].map(letterboxed)))),
    20,
    ['deborder_plain', 'frame_2', 'frame_3'],
  ],
  [
    'a letterboxed picture under a profile',
    async () => withJpegSegments(await jpegOf(await letterboxed(1)), 0xe2, [app2(zigzagWith())]),
    20,
    ['deborder_plain', 'unprofiled'],
  ],
];

describe('an image that is enrolled', () => {
  it.each(kinds)('stores at most 20 hashes, the most useful ones: %s', async (_, make, hashes, also) => {
    const image = await imaging.hash(await make(), undefined, 'enrol');
    if (!('pdq' in image)) throw new Error(`answers ${image.unscannable}`);
    const names = image.pdq.map(({ variant }) => variant);
    const stored = names.filter((name) => !isRegion(name));
    expect(stored).toEqual(expect.arrayContaining(['full', 'crop_80', 'keep_top', ...also]));
    expect(stored).toHaveLength(hashes);
    expect(names.filter(isRegion)).toHaveLength(11);
  });
});
