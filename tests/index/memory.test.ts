import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { hammingDistance } from '../../src/domain/hash.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { exact } from '../support/exact.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { draft, verified } from '../support/standing.js';
import { factsOf, hashOf, inOrder, pageOf, pdqEntry } from './entries.js';

const workers = await startIndexWorkerPool(1);
afterAll(() => workers.close());

const random = randomFrom(11);
const [one, other, md5, sha256] = [randomHash(random), randomHash(random), 'ab'.repeat(16), 'ab'.repeat(32)];
let index: MemoryIndex;
beforeEach(() => {
  index = new MemoryIndex(workers);
});

const ordinals = async (hex: string, radius = 0) => (await index.search('pdq', [hex], radius))[0]?.map(({ ordinal }) => ordinal);

describe('search', () => {
  it('finds nothing in an empty index', async () => {
    expect(await index.search('pdq', [one, other], 63)).toEqual([[], []]);
  });

  it('gives no answers to no queries', async () => {
    index.add(pdqEntry(1, one));
    expect(await index.search('pdq', [], 31)).toEqual([]);
  });

  it('describes a hit', async () => {
    const facts = factsOf(1, { list: 'illegal', class: 'csam_a1', standing: draft });
    index.add({ ...facts, hashes: [hashOf(9, 'pdq', one, { variant: 'crop_092', quality: 77 })] });
    const [hits] = await index.search('pdq', [flipBits(one, 5, random)], 31);
    expect(hits).toEqual([{ ordinal: 9, entry: facts, algorithm: 'pdq', variant: 'crop_092', quality: 77, distance: 5 }]);
  });

  it.each([0, 100, null])('keeps a quality of %s', async (quality) => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', one, { quality })] });
    expect((await index.search('pdq', [one], 0))[0]?.[0]?.quality).toBe(quality);
  });

  it('finds all equal hashes', async () => {
    for (const number of [1, 2, 3]) index.add(pdqEntry(number, one));
    expect(await ordinals(one)).toEqual([1, 2, 3]);
  });

  it('separates PDQ and blockhash', async () => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', one), hashOf(2, 'blockhash', other)] });
    const found = [await index.search('pdq', [other], 0), await index.search('blockhash', [other], 0)];
    expect(found.map(([hits]) => hits?.map(({ ordinal }) => ordinal))).toEqual([[], [2]]);
  });

  it('separates regions by the name of their variant, also after a snapshot', async () => {
    const centre = { variant: 'region_centre' };
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', one), hashOf(2, 'pdq', other, centre)] });
    const restored = new MemoryIndex(workers);
    const { names, slices } = index.snapshot();
    await restored.restore(names, Readable.from([...slices]), 2);
    for (const engine of [index, restored]) {
      expect((await engine.search('pdq', [one, other], 31)).map((hits) => hits.length)).toEqual([1, 0]);
      expect(await engine.search('region', [one, other], 31)).toMatchObject([[], [{ ordinal: 2, algorithm: 'pdq', ...centre }]]);
    }
    index.remove([2]);
    expect(await index.search('region', [other], 31)).toEqual([[]]);
  });

  it('answers queries in their order', async () => {
    index.add(pdqEntry(1, one));
    index.add(pdqEntry(2, other));
    const answers = await index.search('pdq', [other, randomHash(random), one], 31);
    expect(answers.map((hits) => hits.map(({ ordinal }) => ordinal))).toEqual([[2], [], [1]]);
  });

  it('distinguishes more than 256 variants', async () => {
    const hashes = Array.from({ length: 300 }, (_, at) => hashOf(at + 1, 'pdq', one, { variant: `crop_${at}` }));
    index.add({ ...factsOf(1), hashes });
    const [hits = []] = await index.search('pdq', [one], 0);
    expect(inOrder(hits).map(({ variant }) => variant)).toEqual(hashes.map(({ variant }) => variant));
  });

  it('treats variants past the 65 536th as regions, which never remove', async () => {
    for (let number = 0; number < 65_600; number++) {
      index.add({ ...factsOf(number), hashes: [hashOf(number, 'pdq', other, { variant: `crop_${number}` })] });
    }
    index.add({ ...factsOf(70_000), hashes: [hashOf(70_000, 'pdq', one, { variant: 'full_of_surprise' })] });
    expect((await index.search('pdq', [one], 0))[0]).toMatchObject([{ ordinal: 70_000, variant: 'region_other' }]);
  });
});

describe('lookup', () => {
  it('compares all bytes and the length of a digest', async () => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'md5', md5), hashOf(2, 'sha256', sha256)] });
    expect(
      await index.lookup([exact('md5', md5), exact('sha256', sha256), exact('sha256', `${sha256.slice(0, 62)}ac`)]),
    ).toMatchObject([
      { ordinal: 1, algorithm: 'md5', distance: 0 },
      { ordinal: 2, algorithm: 'sha256', distance: 0 },
    ]);
  });

  it('finds a digest in every entry that has it', async () => {
    for (const number of [1, 2, 3]) index.add({ ...factsOf(number), hashes: [hashOf(number, 'sha256', sha256)] });
    index.remove([2]);
    expect((await index.lookup([exact('sha256', sha256)])).map(({ ordinal }) => ordinal)).toEqual([1, 3]);
  });

  it('distinguishes digests of zeros by their length', async () => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'sha256', '0'.repeat(64))] });
    expect(await index.lookup([exact('md5', '0'.repeat(32)), exact('sha1', '0'.repeat(40))])).toEqual([]);
  });

  it('ignores values of another length', async () => {
    expect(await index.lookup([exact('md5', ''), exact('sha256', '0'.repeat(62))])).toEqual([]);
  });

  it('finds each of 5 000 digests while others come and go', async () => {
    const digests = Array.from({ length: 5_000 }, () => randomHash(random));
    digests.forEach((hex, at) => {
      index.add({ ...factsOf(at + 1), hashes: [hashOf(at + 1, 'sha256', hex)] });
      // So that its place is reused many times.
      if (at % 2 === 1) index.remove([at + 1]);
    });
    const found = await index.lookup(digests.map((hex) => exact('sha256', hex)));
    expect(found.map(({ ordinal }) => ordinal)).toEqual(digests.flatMap((_, at) => (at % 2 === 0 ? [at + 1] : [])));
  });
});

describe('add', () => {
  it('adds the same entry only once', async () => {
    index.add(pdqEntry(1, one));
    index.add(pdqEntry(1, one));
    expect([index.size, await ordinals(one)]).toEqual([1, [1]]);
  });

  it('updates the facts of an entry for all of its hashes', async () => {
    const hashes = [hashOf(1, 'pdq', one), hashOf(2, 'sha256', sha256)];
    index.add({ ...factsOf(1, { standing: draft }), hashes });
    index.add({ ...factsOf(1, { standing: verified, class: 'csam_a2', list: 'illegal' }), hashes });
    const hits = [...((await index.search('pdq', [one], 0))[0] ?? []), ...(await index.lookup([exact('sha256', sha256)]))];
    const facts = factsOf(1, { standing: verified, class: 'csam_a2', list: 'illegal' });
    expect(hits.map(({ entry }) => entry)).toEqual([facts, facts]);
  });

  it('adds further hashes to an entry', async () => {
    index.add(pdqEntry(1, one));
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', one), hashOf(2, 'pdq', other)] });
    expect([await ordinals(one), await ordinals(other)]).toEqual([[1], [2]]);
  });

  it('counts hashes in its size', () => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', one), hashOf(2, 'blockhash', one), hashOf(3, 'md5', md5)] });
    index.remove([2]);
    expect(index.size).toBe(2);
  });
});

describe('remove', () => {
  it('removes a hash', async () => {
    index.add(pdqEntry(1, one));
    index.remove([1]);
    expect([index.size, await ordinals(one)]).toEqual([0, []]);
  });

  it('ignores unknown ordinals', async () => {
    index.add(pdqEntry(1, one));
    index.remove([0, 2, 1_000_000]);
    expect(await ordinals(one)).toEqual([1]);
  });

  it('keeps the other hashes of the entry', async () => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', one), hashOf(2, 'pdq', other)] });
    index.remove([1]);
    expect([await ordinals(one), await ordinals(other)]).toEqual([[], [2]]);
  });

  it('allows the same hash again', async () => {
    index.add(pdqEntry(1, one));
    index.remove([1]);
    index.add(pdqEntry(1, one));
    expect(await ordinals(one)).toEqual([1]);
  });

  it('leaves no trace in a place that another hash takes', async () => {
    index.add(pdqEntry(1, one));
    index.remove([1]);
    index.add(pdqEntry(2, other, { list: 'illegal' }));
    expect([await ordinals(one, 63), await ordinals(other)]).toEqual([[], [2]]);
  });

  it('frees the place of an entry only with its last hash', async () => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', one), hashOf(2, 'sha256', sha256)] });
    index.remove([1]);
    index.add(pdqEntry(3, other, { list: 'illegal' }));
    expect(await index.lookup([exact('sha256', sha256)])).toMatchObject([{ ordinal: 2, entry: factsOf(1) }]);
  });
});

describe('load', () => {
  it('removes everything', async () => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', one), hashOf(2, 'sha256', sha256)] });
    await index.load(pageOf(), 0);
    expect([index.size, await ordinals(one, 63), await index.lookup([exact('sha256', sha256)])]).toEqual([0, [], []]);
  });

  it('leaves no old hashes that a later search could find', async () => {
    const hexes = Array.from({ length: 50 }, () => randomHash(random));
    for (const [at, hex] of hexes.entries()) index.add(pdqEntry(at + 1, hex));
    await index.load(pageOf(), 0);
    index.add(pdqEntry(1, other, { list: 'illegal' }));
    const answers = await index.search('pdq', hexes, 63);
    expect(answers.flat().filter(({ ordinal }) => ordinal !== 1)).toEqual([]);
    expect(answers.flat().length).toBe(hexes.filter((hex) => hammingDistance(hex, other) <= 63).length);
  });
});

describe('wholesOf', () => {
  const centre = { variant: 'region_centre' };

  it('gives the whole image of the entry that owns a hash, with its value', async () => {
    const crop = hashOf(6, 'pdq', other, { variant: 'crop_90' });
    const alike = [hashOf(7, 'blockhash', other), hashOf(8, 'sha256', sha256)];
    index.add({ ...factsOf(1), hashes: [hashOf(5, 'pdq', one), crop, ...alike] });
    index.add({ ...factsOf(2), hashes: [hashOf(9, 'pdq', randomHash(random))] });
    const wholes = index.wholesOf([7]);
    expect(wholes.map(({ hit, value }) => [hit.ordinal, Buffer.from(value).toString('hex')])).toEqual([[5, one]]);
  });

  it('gives each whole once, and none where there is none or it was removed', () => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', one), hashOf(2, 'pdq', other, centre)] });
    index.add({ ...factsOf(2), hashes: [hashOf(3, 'pdq', other, centre)] });
    expect(index.wholesOf([1, 2, 3, 99])).toHaveLength(1);
    index.remove([1]);
    expect(index.wholesOf([2])).toEqual([]);
  });
});

describe('entriesOf', () => {
  it('counts the entries of a list, also after they change, move or go', async () => {
    for (const number of [1, 2, 3]) index.add(pdqEntry(number, one));
    index.add(pdqEntry(2, one, { standing: draft }));
    index.add(pdqEntry(3, one, { list: 'other' }));
    expect([index.entriesOf('known'), index.entriesOf('other'), index.entriesOf('none')]).toEqual([2, 1, 0]);
    index.remove([1]);
    expect(index.entriesOf('known')).toBe(1);
    index.add(pdqEntry(4, other));
    expect(index.entriesOf('known')).toBe(2);
  });

  it('is right after a load', async () => {
    await index.load(pageOf([pdqEntry(1, one), pdqEntry(2, other, { list: 'other' })]), 2);
    expect([index.entriesOf('known'), index.entriesOf('other')]).toEqual([1, 1]);
  });
});
