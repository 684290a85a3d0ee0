import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { dropNearIndex } from '../../src/store/near-index.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
// No test here needs it, and it slows thousands of inserts down by 10 s.
await dropNearIndex(database);
const { hashes, entries } = stores;
const random = randomFrom(97);
const digest = () => pdqHash(randomHash(random), { algorithm: 'sha256' });

describe('draw', () => {
  it('returns nothing if there is no perceptual hash', async () => {
    await entries.createMany(
      Array.from({ length: 40 }, () => newEntryOf([digest()])),
      setup,
    );
    expect(await hashes.draw(1, random)).toEqual([]);
  });

  it('finds the only perceptual hash among thousands of digests', async () => {
    const hex = randomHash(random);
    const { entry } = (await entries.create(newEntryOf([pdqHash(hex)]), setup)) ?? {};
    await entries.createMany(
      Array.from({ length: 4_000 }, () => newEntryOf([digest()])),
      setup,
    );
    for (const start of [0, 0.5, 0.999]) expect(await hashes.draw(4, () => start)).toEqual([{ kind: 'pdq', hex }]);
    await withdraw(stores, uuidOf(entry?.id ?? ''), 'a mistake');
    expect(await hashes.draw(4, random)).toEqual([]);
  });

  it('returns hashes from the whole table', async () => {
    const hexes = Array.from({ length: 2_000 }, () => randomHash(random));
    await entries.createMany(
      hexes.map((hex) => newEntryOf([pdqHash(hex)])),
      setup,
    );
    const drawn = (await hashes.draw(64, random)).map(({ hex }) => hexes.indexOf(hex));
    expect(new Set(drawn).size).toBe(64);
    expect(Math.min(...drawn)).toBeLessThan(400);
    expect(Math.max(...drawn)).toBeGreaterThan(1_600);
  });
});

describe('withinAt', () => {
  const hex = randomHash(random);
  beforeAll(async () => {
    await entries.createMany(
      [0, 7, 31, 32].map((flips) => newEntryOf([pdqHash(flipBits(hex, flips, random))])),
      setup,
    );
  });

  it('finds what an exact search of many queries finds', async () => {
    const { hits } = await hashes.withinAt('pdq', hex, 31);
    expect(hits.map(({ distance }) => distance).toSorted((a, b) => a - b)).toEqual([0, 7, 31]);
    const [others] = await hashes.within('pdq', [hex], 31);
    expect(hits.toSorted((a, b) => a.ordinal - b.ordinal)).toEqual(others);
  });

  it('returns a snapshot with and without hits', async () => {
    for (const query of [hex, randomHash(random)]) {
      const { snapshot } = await hashes.withinAt('pdq', query, 0);
      expect(await database.query('select pg_snapshot_xmin($1::pg_snapshot) > $2 as valid', [snapshot, '0'])).toEqual([
        { valid: true },
      ]);
    }
    expect((await hashes.withinAt('pdq', randomHash(random), 31)).hits).toEqual([]);
  });
});
