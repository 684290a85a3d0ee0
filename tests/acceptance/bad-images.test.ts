import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { notAnImage, pixelBomb, plain, svg } from '../support/bad-images.js';
import { entryForm, problemOf } from '../support/client.js';
import { photograph } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');
const files = new Map<string, Buffer>();
const fileOf = (name: string): Buffer => files.get(name) ?? Buffer.alloc(0);

const expected: readonly [name: string, reason: string][] = [
  ['text', 'not_an_image'],
  ['a zero byte', 'not_an_image'],
  ['a JPEG cut in half', 'truncated'],
  ['a PNG cut in half', 'truncated'],
  ['a JPEG of a head alone', 'truncated'],
  ['a PNG that promises 30000x30000', 'too_many_pixels'],
  ['one colour', 'flat'],
  ['one colour with transparency', 'flat'],
  ['a picture of 4x4', 'too_small'],
  ['a picture of 4x400', 'too_small'],
  ['an SVG', 'unsupported_format'],
  ['a BMP', 'unsupported_format'],
];

beforeAll(async () => {
  const jpeg = await photograph(1);
  const png = await sharp(jpeg).png().toBuffer();
  files.set('text', notAnImage);
  files.set('a zero byte', Buffer.alloc(1));
  files.set('a JPEG cut in half', jpeg.subarray(0, jpeg.length / 2));
  files.set('a PNG cut in half', png.subarray(0, png.length / 2));
  files.set('a JPEG of a head alone', jpeg.subarray(0, 4));
  files.set('a PNG that promises 30000x30000', pixelBomb(30_000, 30_000));
  files.set('one colour', await plain(300, 200));
  files.set(
    'one colour with transparency',
    await sharp(await plain(300, 200))
      .ensureAlpha(0.3)
      .webp()
      .toBuffer(),
  );
  files.set('a picture of 4x4', await sharp(jpeg).resize(4, 4).png().toBuffer());
  files.set('a picture of 4x400', await sharp(jpeg).resize(4, 400).png().toBuffer());
  files.set('an SVG', svg);
  files.set('a BMP', Buffer.concat([Buffer.from('BM'), Buffer.alloc(200)]));
});

describe.each(expected)('%s', (name, reason) => {
  it(`is unscannable: ${reason}`, async () => {
    const bytes = fileOf(name);
    const verdict = await on.client.match(bytes, 'application/octet-stream');
    expect(verdict).toMatchObject({ verdict: 'unscannable', reason, matches: [], removal: null });
    expect(verdict.hashes).toMatchObject({
      md5: digest('md5', bytes),
      sha1: digest('sha1', bytes),
      sha256: digest('sha256', bytes),
    });
  });

  it('is hashed as far as possible', async () => {
    expect(await on.client.hash(fileOf(name))).toMatchObject({
      unscannable: reason,
      hashes: { md5: digest('md5', fileOf(name)) },
    });
  });

  it('is not enrolled as an image', async () => {
    const answer = await on.client
      .as('analyst')
      .call('POST', '/v1/entries', { body: entryForm(fileOf(name), { list: 'known' }) });
    expect(answer.status).toBe(422);
    expect(problemOf(answer).code).toBe(reason === 'flat' ? 'degenerate_hash' : 'unscannable_image');
  });
});

describe.each([['text'], ['a JPEG cut in half'], ['a PNG that promises 30000x30000'], ['one colour']])(
  '%s whose digest is known',
  (name) => {
    it('is removed: a digest match outweighs unscannable', async () => {
      const bytes = fileOf(name);
      const entry = await on.client.enrolHashes({ sha256: digest('sha256', bytes) });
      expect(await on.client.match(bytes, 'application/octet-stream')).toMatchObject({
        verdict: 'remove',
        reason: name === 'a JPEG cut in half' ? 'truncated' : null,
        matches: [{ entry: entry.id, matchType: 'exact', algorithm: 'sha256' }],
      });
      await on.client.withdraw(entry.id);
    });
  },
);

describe('the declared type of an image', () => {
  it('is ignored', async () => {
    const png = await sharp(await photograph(2))
      .png()
      .toBuffer();
    const entry = await on.client.enrol(await photograph(2));
    for (const type of ['image/gif', 'image/svg+xml', 'image/whatever', 'image/jpeg; charset=x']) {
      expect(await on.client.match(png, type)).toMatchObject({ verdict: 'remove', matches: [{ entry: entry.id }] });
    }
  });
});
