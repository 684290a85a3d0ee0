import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { VigieError } from '../../../src/domain/errors.js';
import type { Blockhash, HashSet, Md5, Sha256 } from '../../../src/domain/hash.js';
import type { ImagingResult } from '../../../src/imaging/protocol.js';
import { createPgvectorIndex } from '../../../src/index/pgvector.js';
import { startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { Enrolment, newEntry } from '../../../src/service/entries/enrolment.js';
import { KnownGood } from '../../../src/service/entries/known-good.js';
import { Tombstones } from '../../../src/service/entries/tombstones.js';
import { ListCache } from '../../../src/service/lists/list-cache.js';
import { ImageHasher } from '../../../src/service/matching/image-hasher.js';
import { testDataKey } from '../../support/data-key.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { openOwnDatabase, uuidOf } from '../../support/own-database.js';
import { pictureOf, variantOf } from '../pictures.js';

const { stores } = await openOwnDatabase();
const workers = await startIndexWorkerPool(1);
afterAll(() => workers.close());
const random = randomFrom(53);
const hash = () => randomHash(random);
const listCache = new ListCache();
listCache.replaceAll(await stores.lists.all(), new Map());
const analyst = { actor: setup, flagger: false } as const;
const plain = { status: 'verified' } as const;
const identityOf = (hashes: HashSet) => Buffer.from(newEntry({ list: 'known' }, hashes, plain).identity).toString('hex');

describe('the identity of an entry', () => {
  const [a, b, block, sha256] = [hash(), hash(), hash() as Blockhash, hash() as Sha256];

  it('is the SHA-256 of the file if it is known', () => {
    expect(identityOf({ sha256, pdq: [variantOf(a)], md5: 'ab'.repeat(16) as Md5 })).toBe(sha256);
  });

  it('is another one if the hashes find only equal files', () => {
    expect(identityOf({ sha256 })).not.toBe(sha256);
    expect(identityOf({ sha256, md5: 'ab'.repeat(16) as Md5 })).toBe(identityOf({ sha256 }));
  });

  it('does not depend on the order of the hashes', () => {
    const pdq = [variantOf(a), variantOf(b, { variant: 'crop_092' })];
    expect(identityOf({ pdq, blockhash: block })).toBe(identityOf({ blockhash: block, pdq: pdq.toReversed() }));
  });

  it('does not depend on the quality', () => {
    expect(identityOf({ pdq: [variantOf(a)] })).toBe(identityOf({ pdq: [variantOf(a, { quality: undefined })] }));
  });

  it.each<[string, HashSet]>([
    ['another value', { pdq: [variantOf(b)] }],
    ['another variant', { pdq: [variantOf(a, { variant: 'crop_092' })] }],
    ['another algorithm', { blockhash: a as Blockhash }],
    ['one hash more', { pdq: [variantOf(a)], blockhash: block }],
  ])('changes with %s', (_, other) => {
    expect(identityOf(other)).not.toBe(identityOf({ pdq: [variantOf(a)] }));
  });
});

describe('newEntry', () => {
  const stored = (hashes: HashSet) => newEntry({ list: 'known' }, hashes, plain).hashes.map(({ hex }) => hex);

  it('keeps upright hashes only, because queries try all orientations', () => {
    const [upright, turned, crop] = [hash(), hash(), hash()];
    const pdq = [variantOf(upright), variantOf(turned, { orientation: 'rotate90' }), variantOf(crop, { variant: 'crop_092' })];
    expect(stored({ pdq })).toEqual([upright, crop]);
  });

  it('keeps the first hash if none is upright', () => {
    const [one, other] = [hash(), hash()];
    expect(stored({ pdq: [variantOf(one, { orientation: 'flip_x' }), variantOf(other, { orientation: 'flip_y' })] })).toEqual([
      one,
    ]);
  });
});

describe('Enrolment', () => {
  let decoded: ImagingResult = { unscannable: 'truncated' };
  const applied: string[] = [];
  const follower = {
    failure: undefined as Error | undefined,
    async applyEntries(uuids: readonly string[]) {
      applied.push(...uuids);
      if (follower.failure) throw follower.failure;
    },
    unusable: undefined as Error | undefined,
    loads: 1,
    assertUsable() {
      if (follower.unusable) throw follower.unusable;
    },
  };
  const enrolment = new Enrolment({
    entries: stores.entries,
    hasher: new ImageHasher({ hash: async () => decoded, assertRoom() {} }, workers),
    listCache,
    knownGood: new KnownGood(createPgvectorIndex(stores.hashes), listCache, follower),
    tombstones: new Tombstones(testDataKey),
    follower,
  });

  it('returns the existing entry for the same file', async () => {
    decoded = pictureOf(hash(), 80);
    const bytes = Buffer.from('the bytes of an image');
    const first = await enrolment.enrolImage(analyst, { list: 'known' }, bytes);
    const second = await enrolment.enrolImage(analyst, { list: 'known' }, bytes);
    expect([first.created, second.created, second.entry]).toEqual([true, false, first.entry]);
    expect(first.entry).toMatchObject({ hashCount: 5, quality: 80 });
  });

  it('makes an entry of its own for a file without its picture', async () => {
    decoded = pictureOf(hash(), 80);
    const bytes = Buffer.from('the bytes of another image');
    const { entry } = await enrolment.enrolImage(analyst, { list: 'known' }, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex') as Sha256;
    const enrol = () => enrolment.enrolHashes(analyst, { list: 'known' }, { sha256 });
    const [first, second] = [await enrol(), await enrol()];
    expect([first.created, second.created, first.entry.id === entry.id]).toEqual([true, false, false]);
  });

  it('makes the entry known to this node before it resolves', async () => {
    const { entry } = await enrolment.enrolHashes(analyst, { list: 'known' }, { pdq: [variantOf(hash())] });
    expect(applied.at(-1)).toBe(uuidOf(entry.id));
  });

  it('succeeds even if this node cannot read the entry back', async () => {
    follower.failure = new Error('away');
    const { entry } = await enrolment.enrolHashes(analyst, { list: 'known' }, { pdq: [variantOf(hash())] });
    follower.failure = undefined;
    expect(await stores.entries.get(uuidOf(entry.id))).toEqual(entry);
  });

  it('refuses while the index is loading, before it decodes the image', async () => {
    follower.unusable = new VigieError('index_unavailable', 'the index is still loading; retry', 5);
    const image = enrolment.enrolImage(analyst, { list: 'known' }, Buffer.from('an image'));
    await expect(image).rejects.toMatchObject({ code: 'index_unavailable' });
    const hashes = enrolment.enrolHashes(analyst, { list: 'known' }, { pdq: [variantOf(hash())] });
    await expect(hashes).rejects.toMatchObject({ code: 'index_unavailable' });
    follower.unusable = undefined;
  });

  it('refuses a list that does not exist and names it', async () => {
    const refused = enrolment.enrolHashes(analyst, { list: 'nowhere' }, { pdq: [variantOf(hash())] });
    await expect(refused).rejects.toMatchObject({ code: 'not_found', detail: expect.stringContaining('"nowhere"') });
  });

  it('refuses hashes that would match everything', async () => {
    const refused = enrolment.enrolHashes(analyst, { list: 'known' }, { pdq: [variantOf('0'.repeat(64))] });
    await expect(refused).rejects.toMatchObject({ code: 'degenerate_hash' });
  });

  it('stores no degenerate blockhash beside other hashes', async () => {
    const given = { pdq: [variantOf(hash())], blockhash: '0'.repeat(64) as Blockhash, turnedBlockhashes: [] };
    const { entry } = await enrolment.enrolHashes(analyst, { list: 'known' }, given);
    expect(entry.hashCount).toBe(1);
  });

  it('refuses a flat image as degenerate', async () => {
    decoded = { ...pictureOf(hash(), 3), unscannable: 'flat' };
    await expect(enrolment.enrolImage(analyst, { list: 'known' }, Buffer.from('flat'))).rejects.toMatchObject({
      code: 'degenerate_hash',
    });
  });

  it('refuses an image that cannot be decoded and says why', async () => {
    decoded = { unscannable: 'truncated' };
    const refused = enrolment.enrolImage(analyst, { list: 'known' }, Buffer.from('half an image'));
    await expect(refused).rejects.toMatchObject({ code: 'unscannable_image', detail: expect.stringContaining('truncated') });
  });
});
