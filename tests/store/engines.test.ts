/** Both engines must find exactly what a comparison of all hashes finds. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { hammingDistance } from '../../src/domain/hash.js';
import { statusOf } from '../../src/domain/standing.js';
import type { HashIndex } from '../../src/index/hash-index.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { createPgvectorIndex } from '../../src/index/pgvector.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { dropNearIndex } from '../../src/store/near-index.js';
import { inOrder } from '../index/entries.js';
import { exact } from '../support/exact.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../support/own-database.js';
import { describeWithReference, referenceFile } from '../support/reference.js';

const { database, stores } = await openOwnDatabase();
// HNSW indexes only 600 rows per second.
await dropNearIndex(database);
const workers = await startIndexWorkerPool(2);
afterAll(() => workers.close());

const random = randomFrom(17);
const background = Array.from({ length: 1_500 }, () => randomHash(random));
const digest = randomHash(random);

async function load(index: HashIndex): Promise<void> {
  await index.load(stores.hashes.pages(), await stores.hashes.highestOrdinal());
}

const selectOrdinals = "select ordinals from change where kind = 'entry' and subject = $1";

async function follow(index: HashIndex, id: string): Promise<void> {
  const changes = await database.query<{ ordinals: number[] | null }>(selectOrdinals, [uuidOf(id)]);
  index.remove(changes.flatMap(({ ordinals }) => ordinals ?? []));
  for (const entry of await stores.hashes.current([uuidOf(id)])) index.add(entry);
}

beforeAll(async () => {
  const hashesOf = (hex: string, at: number) => [
    pdqHash(hex, { variant: at % 3 === 0 ? 'crop_092' : 'full', quality: at % 5 === 0 ? null : at % 101 }),
    ...(at % 10 === 0 ? [pdqHash(digest, { algorithm: 'sha256', quality: null })] : []),
    ...(at % 4 === 0 ? [pdqHash(flipBits(hex, 2, random), { algorithm: 'blockhash', quality: null })] : []),
  ];
  const entries = background.map((hex, at) =>
    newEntryOf(hashesOf(hex, at), { list: at % 2 === 0 ? 'known' : 'harmless', status: at % 7 === 0 ? 'draft' : 'verified' }),
  );
  expect(await stores.entries.createMany(entries, setup)).toBe(background.length);
});

describe.each([
  ['memory', () => new MemoryIndex(workers)],
  ['pgvector', () => createPgvectorIndex(stores.hashes)],
] as const)('the engine %s', (_, make) => {
  const index: HashIndex = make();
  beforeAll(() => load(index));

  it.each([0, 16, 31, 63])('finds at radius %i what a comparison of all hashes finds', async (radius) => {
    const queries = Array.from({ length: 30 }, (_, at) => flipBits(background[at * 41] ?? '', at * 2, random));
    const answers = await index.search('pdq', queries, radius);
    const distances = answers.map((hits) => hits.map(({ distance }) => distance).sort((a, b) => a - b));
    const expected = queries.map((query) =>
      background
        .map((hex) => hammingDistance(query, hex))
        .filter((distance) => distance <= radius)
        .sort((a, b) => a - b),
    );
    expect(distances).toEqual(expected);
  });

  it('reports the stored facts of every hit', async () => {
    const queries = background.slice(0, 40);
    const answers = await index.search('pdq', queries, 40);
    expect(answers.map(inOrder)).toEqual((await stores.hashes.within('pdq', queries, 40)).map(inOrder));
  });

  it('keeps blockhash apart from PDQ', async () => {
    const [[hit], [none]] = (await index.search('blockhash', [background[4] ?? '', background[5] ?? ''], 2)) as [
      unknown[],
      unknown[],
    ];
    expect([hit, none]).toMatchObject([{ algorithm: 'blockhash', distance: 2 }, undefined]);
  });

  it('finds a digest in every entry that holds it', async () => {
    const hits = await index.lookup([exact('sha256', digest)]);
    expect(hits.length).toBe(150);
    expect(inOrder(hits)).toEqual(inOrder(await stores.hashes.equal([exact('sha256', digest)])));
  });

  it('returns nothing for no query', async () => {
    expect([await index.search('pdq', [], 31), await index.lookup([])]).toEqual([[], []]);
  });

  it('finds an entry until its withdrawal, and again after a new enrolment', async () => {
    const hex = randomHash(random);
    const found = async () => (await index.search('pdq', [hex], 0))[0]?.map(({ entry }) => entry.id);
    const entry = newEntryOf([pdqHash(hex)]);
    const first = (await stores.entries.create(entry, setup))?.entry.id ?? '';
    await follow(index, first);
    expect(await found()).toEqual([first]);
    await withdraw(stores, uuidOf(first), 'a mistake');
    await follow(index, first);
    expect(await found()).toEqual([]);
    const second = (await stores.entries.create(entry, setup))?.entry.id ?? '';
    await follow(index, second);
    expect(await found()).toEqual([second]);
  });

  it('shows a draft as unverified until an analyst enrols it', async () => {
    const hex = randomHash(random);
    const verified = async () =>
      (await index.search('pdq', [hex], 0))[0]?.map(({ entry }) => statusOf(entry.standing) === 'verified');
    const entry = newEntryOf([pdqHash(hex)], { status: 'draft', flagged: true });
    const id = (await stores.entries.create(entry, setup))?.entry.id ?? '';
    await follow(index, id);
    expect(await verified()).toEqual([false]);
    const enrolled = (await stores.entries.create({ ...entry, status: 'verified', flagged: false }, setup))?.entry.id ?? '';
    await follow(index, id);
    await follow(index, enrolled);
    expect(await verified()).toEqual([true]);
  });
});

describeWithReference('needles in the haystack of the reference', () => {
  const read = (name: string) =>
    readFileSync(referenceFile(`pdq/images/reg-test-input/${name}.txt`), 'utf8')
      .trim()
      .split('\n');
  const pairs = [
    [0, 50],
    [15, 151],
    [16, 152],
    [20, 180],
    [31, 250],
    [47, 287],
    [63, 352],
  ] as const;

  let needles: string[];
  beforeAll(async () => {
    needles = read('needles');
    await database.query('delete from entry');
    await stores.entries.createMany(
      read('haystack').map((hex) => newEntryOf([pdqHash(hex)])),
      setup,
    );
  });

  describe.each([
    ['memory', () => new MemoryIndex(workers)],
    ['pgvector', () => createPgvectorIndex(stores.hashes)],
  ] as const)('by the engine %s', (_, make) => {
    const index: HashIndex = make();
    beforeAll(() => load(index));

    it.each(pairs)('finds exactly the reference pairs within %i bits', async (radius, count) => {
      const answers = await index.search('pdq', needles, radius);
      expect(answers.flat().length).toBe(count);
    });

    it('finds each needle within 15 bits', async () => {
      expect((await index.search('pdq', needles, 15)).filter((hits) => hits.length === 0)).toEqual([]);
    });

    it('finds the same for single queries', async () => {
      const answers = await Promise.all(needles.map((needle) => index.search('pdq', [needle], 31)));
      expect(answers.flat(2).length).toBe(250);
    });
  });
});
