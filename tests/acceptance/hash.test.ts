import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { entrySchema } from '../../src/http/schemas/entry.js';
import { plain } from '../support/bad-images.js';
import { entryForm, expectOk, problemOf } from '../support/client.js';
import { photograph, randomFrom, randomHash, scene } from '../support/images.js';
import { patterns } from '../support/patterns.js';
import { useService } from '../support/use-service.js';

const on = useService();

describe('POST /v1/hash', () => {
  it('answers with size, format, digests and one PDQ hash per orientation', async () => {
    const image = await (await scene(1, { width: 320, height: 200 })).webp().toBuffer();
    const { hashes, ...facts } = await on.client.hash(image);
    expect(facts).toEqual({ width: 320, height: 200, format: 'webp', unscannable: null, frames: { looked: 1, of: 1 } });
    expect(hashes.pdq?.map(({ orientation }) => orientation).sort()).toEqual(
      ['identity', 'rotate90', 'rotate180', 'rotate270', 'flip_x', 'flip_y', 'flip_plus1', 'flip_minus1'].sort(),
    );
    for (const algorithm of ['md5', 'sha1', 'sha256'] as const) {
      expect(hashes[algorithm]).toBe(createHash(algorithm).update(image).digest('hex'));
    }
  });

  it.each(['analyst', 'flagger'] as const)('accepts a key of role %s', async (role) => {
    expect((await on.client.as(role).hash(await photograph(1))).unscannable).toBeNull();
  });

  it('gives hashes of a turned copy that match and reveal the orientation', async () => {
    const { id } = await on.client.enrol(await photograph(2));
    const { hashes } = await on.client.hash(await (await scene(2)).rotate(90).jpeg().toBuffer());
    const verdict = await on.client.matchHashes(hashes);
    expect(verdict).toMatchObject({ matches: [{ entry: id, algorithm: 'pdq', orientation: 'rotate270' }] });
  });

  it('gives hashes that can be enrolled and keep every orientation', async () => {
    const { hashes } = await on.client.hash(await photograph(3));
    const { id } = await on.client.enrolHashes(hashes);
    for (const [degrees, orientation] of [
      [0, 'identity'],
      [90, 'rotate270'],
      [180, 'rotate180'],
      [270, 'rotate90'],
    ] as const) {
      const copy = await (await scene(3)).rotate(degrees).jpeg({ quality: 60 }).toBuffer();
      expect(await on.client.match(copy)).toMatchObject({ matches: [{ entry: id, algorithm: 'pdq', orientation }] });
    }
  });

  it('gives hashes that enrol the same entry as the image; the image adds its variants', async () => {
    const image = await photograph(4);
    const { hashes } = await on.client.hash(image);
    const byHashes = await on.client.enrolHashes(hashes);
    const answer = await on.client.as('analyst').call('POST', '/v1/entries', { body: entryForm(image, { list: 'known' }) });
    expect(answer.status).toBe(200);
    const { hashCount, updatedAt, ...byImage } = expectOk(entrySchema, answer);
    expect(byHashes).toMatchObject(byImage);
    expect(hashCount).toBeGreaterThan(byHashes.hashCount);
    expect(updatedAt > byHashes.updatedAt).toBe(true);
  });

  it('accepts hashes in capitals', async () => {
    const { hashes } = await on.client.hash(await photograph(5));
    const { id } = await on.client.enrolHashes({ sha256: hashes.sha256.toUpperCase() });
    expect(await on.client.match(await photograph(5))).toMatchObject({ matches: [{ entry: id, algorithm: 'sha256' }] });
  });
});

describe('hashes of an image with several pictures in it', () => {
  const findsTheSame = async (image: Buffer) => {
    const { hashes } = await on.client.hash(image);
    const [byImage, byHashes] = [await on.client.match(image), await on.client.matchHashes(hashes)];
    // Hashes do not say where the frame lies.
    const matches = byImage.matches.map(({ transformation: _, ...match }) => match);
    expect(byHashes).toMatchObject({ verdict: byImage.verdict, matches });
    return byHashes.matches;
  };
  const size = { width: 320, height: 240 };
  const animation = async (seeds: readonly number[]) =>
    sharp(await Promise.all(seeds.map(async (seed) => (await scene(seed, size)).png().toBuffer())), { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();

  it('find a picture that is only in the last frame of an animation', async () => {
    const { id } = await on.client.enrol(await photograph(31, size));
    expect(await findsTheSame(await animation([32, 33, 34, 31]))).toMatchObject([{ entry: id, algorithm: 'pdq' }]);
  });

  it('find the picture in a frame', async () => {
    const { id } = await on.client.enrol(await photograph(35));
    const framed = (await scene(35)).extend({ top: 80, bottom: 80, left: 80, right: 80, background: '#fff' });
    expect(await findsTheSame(await framed.png().toBuffer())).toMatchObject([{ entry: id, algorithm: 'pdq' }]);
  });

  it('can be enrolled, and every frame is found', async () => {
    const { hashes } = await on.client.hash(await animation([36, 37, 38]));
    expect(hashes.pdq).toHaveLength(24);
    const { id, hashCount } = await on.client.enrolHashes(hashes);
    expect(hashCount).toBe(hashes.blockhash ? 7 : 6);
    for (const seed of [36, 37, 38]) {
      expect((await on.client.match(await photograph(seed, size))).matches).toMatchObject([{ entry: id }]);
    }
  });

  it('are enrolled up to 40 upright hashes; more are refused with the name of the field', async () => {
    const random = randomFrom(9);
    const upright = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ value: randomHash(random), variant: `part_${at}` }));
    const enrol = (pdq: object[]) => on.client.as('analyst').json('POST', '/v1/entries', { list: 'known', hashes: { pdq } });
    expect((await enrol(upright(40))).status).toBe(201);
    const answer = await enrol(upright(41));
    expect(answer.status).toBe(400);
    expect(problemOf(answer).detail).toContain('hashes.pdq');
  });
});

describe('a flat image', () => {
  it('is reported as flat and gets no hash that would match others', async () => {
    const { hashes, ...facts } = await on.client.hash(await plain(64, 64));
    expect(facts).toEqual({ width: 64, height: 64, format: 'png', unscannable: 'flat', frames: { looked: 1, of: 1 } });
    expect(hashes.pdq).toBeUndefined();
    expect(hashes.blockhash).toBeUndefined();
    expect(hashes.quality).toBe(0);
  });

  it('gets a verdict with its quality and digests but no such hash', async () => {
    const { verdict, hashes } = await on.client.match(await plain(64, 64));
    expect(verdict).toBe('unscannable');
    expect(Object.keys(hashes).sort()).toEqual(['md5', 'quality', 'sha1', 'sha256']);
  });

  it('is not enrolled', async () => {
    const form = entryForm(await plain(300, 200), { list: 'known' });
    const answer = await on.client.as('analyst').call('POST', '/v1/entries', { body: form });
    expect(answer.status).toBe(422);
    expect(problemOf(answer)).toMatchObject({ status: 422, code: 'degenerate_hash' });
  });
});

describe('a pattern whose parts are all degenerate', () => {
  it.each(patterns.filter(([name]) => /24 px|disc|half/.test(name)))(
    'is neither enrolled nor matched: %s',
    async (_, picture) => {
      const image = await picture();
      const answer = await on.client.as('analyst').call('POST', '/v1/entries', { body: entryForm(image, { list: 'known' }) });
      expect([answer.status, problemOf(answer).code]).toEqual([422, 'degenerate_hash']);
      expect(await on.client.match(image)).toMatchObject({ verdict: 'unscannable', reason: 'flat', matches: [] });
    },
  );
});

describe('degenerate hashes', () => {
  const pdq = randomHash(randomFrom(5));
  const digestOfNothing = (algorithm: string) => createHash(algorithm).digest('hex');

  it.each<[string, object, string]>([
    ['PDQ of zeros', { pdq: '0'.repeat(64) }, 'hashes.pdq'],
    ['PDQ of ones', { pdq: 'f'.repeat(64) }, 'hashes.pdq'],
    ['PDQ of two tones', { pdq: '00ff'.repeat(16) }, 'hashes.pdq'],
    ['PDQ of low quality', { pdq, quality: 49 }, 'hashes.pdq'],
    [
      'a degenerate turn among good ones',
      { pdq: [{ value: pdq }, { value: '0'.repeat(64), orientation: 'flip_x' }] },
      'hashes.pdq',
    ],
    ['blockhash of zeros', { blockhash: '0'.repeat(64) }, 'hashes.blockhash'],
    ['MD5 of nothing', { md5: digestOfNothing('md5') }, 'hashes.md5'],
    ['SHA-1 of nothing', { sha1: digestOfNothing('sha1') }, 'hashes.sha1'],
    ['SHA-256 of nothing', { sha256: digestOfNothing('sha256') }, 'hashes.sha256'],
  ])('are not enrolled: %s', async (_, hashes, field) => {
    const answer = await on.client.as('analyst').json('POST', '/v1/entries', { list: 'known', hashes });
    expect(answer.status).toBe(422);
    const problem = problemOf(answer);
    expect(problem.code).toBe('degenerate_hash');
    expect(problem.detail).toContain(field);
  });

  it('match nothing', async () => {
    const verdict = await on.client.matchHashes({ pdq: '0'.repeat(64), quality: 100 });
    expect(verdict).toMatchObject({ verdict: 'unscannable', reason: 'flat', matches: [] });
  });
});
