import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { ContentSketch } from '../../src/service/abuse/content-sketch.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const random = randomFrom(131);
const key = new Uint8Array(32).fill(9);

/** Matches of `entry` by one organisation: `distinct` queries, each `times`. */
async function match(entry: string, organisation: string, distinct: number, times = 1): Promise<void> {
  const sketch = new ContentSketch(key);
  for (let query = 0; query < distinct; query++) {
    const hash = randomHash(random);
    for (let time = 0; time < times; time++) sketch.add(hash);
  }
  await stores.matchCounts.add([{ entry, organisation, matches: sketch.matches, contents: sketch.hex }]);
}

async function newEntry(): Promise<string> {
  const created = await stores.entries.create(newEntryOf([pdqHash(randomHash(random))]), setup);
  await database.query('update hash_list set flood_an_hour = 100');
  return uuidOf(created?.entry.id ?? '');
}

const flooded = async (entry: string) => (await stores.matchCounts.flooded([entry], 20)).length > 0;

describe('a flood', () => {
  it('needs distinct contents of two organisations', async () => {
    const [both, one, repeated] = [await newEntry(), await newEntry(), await newEntry()];
    await match(both, 'tests', 70);
    await match(both, 'others', 70);
    await match(one, 'tests', 1_000);
    await match(repeated, 'tests', 2, 1_000);
    await match(repeated, 'others', 2, 1_000);
    expect([await flooded(both), await flooded(one), await flooded(repeated)]).toEqual([true, false, false]);
  });
});
