import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { withJpegSegments } from '../support/bombs.js';
import { photograph, scene } from '../support/images.js';
import { smallOnPage } from '../support/patterns.js';
import { app2, zigzagWith } from '../support/profiles.js';
import { useService } from '../support/use-service.js';

const on = useService();
const withPgvector = useService({ env: { VIGIE_INDEX: 'pgvector' } });
const withoutVariants = useService({ env: { VIGIE_VARIANTS: 'none' } });
const seed = 71;

/** sharp reorders the edits of one pipeline. */
const again = async (image: Sharp): Promise<Sharp> => sharp(await image.png({ compressionLevel: 1 }).toBuffer());

function rectangle(width: number, height: number, background: string) {
  return { create: { width, height, channels: 3, background } } as const;
}

/** Each edit and the variant that recognises it. */
const copies: readonly [name: string, variant: RegExp, edit: (image: Sharp) => Sharp | Promise<Sharp>][] = [
  ['a negative', /^full$/, (image) => image.negate()],
  ['a border of 10 %', /^full$/, (image) => image.extend({ top: 64, bottom: 64, left: 64, right: 64, background: '#a33' })],
  ['a letterbox', /^full$/, (image) => image.extend({ top: 330, bottom: 330, background: '#000' })],
  [
    'the screen of a phone',
    /^full$/,
    async (image) => {
      const inner = await image.resize(540).png().toBuffer();
      const bars = [40, 90, 700, 740].map((top) => ({ input: rectangle(200, 14, '#222'), left: 30, top }));
      return sharp(rectangle(540, 1_000, '#fff')).composite([...bars, { input: inner, left: 0, top: 200 }]);
    },
  ],
  ['4 degrees of tilt', /^full$/, (image) => image.rotate(4, { background: '#000' })],
  ['a centred crop of 12 %', /^crop_/, (image) => image.extract({ left: 38, top: 29, width: 564, height: 422 })],
  ['a crop of 14 % from the left', /^keep_right$/, (image) => image.extract({ left: 90, top: 0, width: 550, height: 480 })],
  ['a band of text', /^(keep|region)_/, (image) => image.composite([{ input: rectangle(640, 90, '#fff'), left: 0, top: 390 }])],
];

const sticker = async (): Promise<Buffer> =>
  (await scene(seed))
    .composite([{ input: rectangle(230, 200, '#fd2'), left: 200, top: 120 }])
    .jpeg()
    .toBuffer();

describe('POST /v1/match of an edited copy', () => {
  let entry = '';

  beforeAll(async () => {
    entry = (await on.client.enrol(await photograph(seed))).id;
  });

  it.each(copies)('finds %s', async (_, variant, edit) => {
    const copy = await (await again(await edit(await scene(seed)))).jpeg({ quality: 85 }).toBuffer();
    const { verdict, matches } = await on.client.match(copy);
    expect(['remove', 'hold_for_review']).toContain(verdict);
    expect(matches).toMatchObject([{ entry, matchType: 'near', algorithm: 'pdq', variant: expect.stringMatching(variant) }]);
  });

  it('tells a negative from other copies', async () => {
    const negative = await (await scene(seed)).negate().jpeg().toBuffer();
    expect((await on.client.match(negative)).matches).toMatchObject([{ negative: true }]);
    expect((await on.client.match(await photograph(seed))).matches).toMatchObject([{ negative: false }]);
  });

  it('corroborates a mirrored copy by the blockhash of the same orientation', async () => {
    const mirrored = await (await scene(seed)).flop().jpeg({ quality: 60 }).toBuffer();
    expect((await on.client.match(mirrored)).matches).toMatchObject([
      { orientation: 'flip_y', corroborated: true, action: 'remove' },
    ]);
  });

  it('holds a picture of which only the upper half is known', async () => {
    const upper = await (await scene(seed)).extract({ left: 0, top: 0, width: 640, height: 280 }).png().toBuffer();
    const half = await (await scene(seed + 1))
      .composite([{ input: upper, left: 0, top: 0 }])
      .jpeg()
      .toBuffer();
    expect(await on.client.match(half)).toMatchObject({
      verdict: 'hold_for_review',
      matches: [{ entry, variant: expect.stringMatching(/^(keep|region)_top/), action: 'hold_for_review' }],
    });
  });

  it('finds nothing in an unrelated picture', async () => {
    expect(await on.client.match(await photograph(seed + 1))).toMatchObject({ verdict: 'no_known_match', matches: [] });
  });
});

describe.each([
  ['memory', on],
  ['pgvector', withPgvector],
])('POST /v1/match of a picture under a sticker, with VIGIE_INDEX=%s', (_engine, engine) => {
  it('is held for review because of a region', async () => {
    const { id } = await engine.client.enrol(await photograph(seed));
    expect(await engine.client.match(await sticker())).toMatchObject({
      verdict: 'hold_for_review',
      matches: [{ entry: id, matchType: 'near', algorithm: 'pdq', variant: expect.stringMatching(/^region_/) }],
    });
  });
});

describe('a photograph on a blank page', () => {
  it('is matched without the page', async () => {
    const { id } = await on.client.enrol(await photograph(2));
    const { matches } = await on.client.match(await smallOnPage(2));
    expect(matches).toMatchObject([{ entry: id, algorithm: 'pdq', variant: 'full' }]);
  });

  it('is enrolled without the page and found alone', async () => {
    const { id } = await on.client.enrol(await smallOnPage(4));
    expect((await on.client.match(await photograph(4))).matches).toMatchObject([{ entry: id, variant: 'deborder' }]);
  });
});

describe('a picture that was enrolled with a letterbox', () => {
  it('is found without it', async () => {
    const letterboxed = (await scene(6)).extend({ top: 90, bottom: 90, background: '#000' });
    const { id } = await on.client.enrol(await letterboxed.jpeg({ quality: 90 }).toBuffer());
    const plain = await (await scene(6)).resize(500).webp({ quality: 70 }).toBuffer();
    expect(await on.client.match(plain)).toMatchObject({
      verdict: 'remove',
      matches: [{ entry: id, variant: 'deborder_plain' }],
    });
  });
});

describe('a photograph with a colour profile that browsers ignore', () => {
  it('is removed', async () => {
    const { id } = await on.client.enrol(await photograph(5));
    const hidden = withJpegSegments(await photograph(5), 0xe2, [app2(zigzagWith(), 1, 2)]);
    expect(await on.client.match(hidden)).toMatchObject({
      verdict: 'remove',
      matches: [{ entry: id, variant: 'full', distance: 0 }],
    });
  });
});

describe('with VIGIE_VARIANTS=none', () => {
  it('an entry has one hash per algorithm, and is held at most under a sticker', async () => {
    const { hashCount } = await withoutVariants.client.enrol(await photograph(seed));
    expect(hashCount).toBe(5);
    expect((await withoutVariants.client.match(await sticker())).verdict).toBe('hold_for_review');
  });
});
