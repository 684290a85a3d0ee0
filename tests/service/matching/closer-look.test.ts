import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { IndexedHash } from '../../../src/domain/entry.js';
import { defaultThresholds, type List } from '../../../src/domain/list.js';
import { MemoryIndex } from '../../../src/index/memory.js';
import { startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { searchCandidates } from '../../../src/service/matching/candidate-search.js';
import { HoldRadiusCache, holdRadiiOf } from '../../../src/service/matching/hold-radii.js';
import type { Probe } from '../../../src/service/matching/query.js';
import { listOf, mapOf } from '../../domain/candidates.js';
import { factsOf, hashOf, pdqEntry } from '../../index/entries.js';
import { flipBits, randomFrom, randomHash } from '../../support/images.js';

const workers = await startIndexWorkerPool(1);
afterAll(() => workers.close());
const random = randomFrom(5);
const radii = { pdq: defaultThresholds.pdq.wide, blockhash: defaultThresholds.blockhash };
const known = mapOf(listOf('remove', { id: 'known' }));

let index: MemoryIndex;
beforeEach(() => {
  index = new MemoryIndex(workers);
});

function probe(hex: string, variant = 'full'): Probe {
  return {
    value: Buffer.from(hex, 'hex'),
    variant,
    orientation: 'identity',
    negative: false,
    quality: 100,
    reachesFar: variant === 'full',
  };
}

async function found(probes: readonly Probe[], lists: ReadonlyMap<string, List> = known) {
  const options = { lists, holdRadii: holdRadiiOf(lists, index) };
  const [candidates = []] = await searchCandidates(index, [{ pdq: probes, blockhash: [], exact: [] }], radii, options);
  return candidates;
}

describe('a query near the whole of an entry', () => {
  const stored = randomHash(random);

  it('may hold beyond the thresholds, within the radius of a list of this size', async () => {
    index.add(pdqEntry(1, stored));
    expect(await found([probe(flipBits(stored, 56, random))])).toMatchObject([{ distance: 56, mayHold: true }]);
    expect(await found([probe(flipBits(stored, 58, random))])).toEqual([]);
  });

  it('is near only within the thresholds if one of the hashes has a simple structure', async () => {
    const stripes = '5555'.repeat(16);
    const rich = flipBits(stripes, 46, random);
    index.add(pdqEntry(1, rich));
    expect(await found([probe(stripes)])).toEqual([]);
    index.remove([1]);
    index.add(pdqEntry(2, stripes));
    expect(await found([probe(rich)])).toEqual([]);
  });

  it('is near only within the thresholds of a list that hides matches', async () => {
    index.add(pdqEntry(1, stored, { list: 'suppress' }));
    expect(await found([probe(flipBits(stored, 40, random))], mapOf(listOf('suppress')))).toEqual([]);
  });

  it('is near only within the thresholds to a crop of the entry', async () => {
    index.add({ ...factsOf(1), hashes: [hashOf(1, 'pdq', stored, { variant: 'crop_90' })] });
    expect(await found([probe(flipBits(stored, 40, random))])).toEqual([]);
  });
});

describe('the radius of a list', () => {
  it('follows its number of entries', () => {
    index.add(pdqEntry(1, randomHash(random)));
    const { byList, widest } = holdRadiiOf(known, index);
    expect([byList.get('known'), widest]).toEqual([56, 56]);
  });

  it('follows all entries that an upload is compared with, not those of test lists', () => {
    const many = { entriesOf: (id: string) => (id === 'test_match' ? 1 : 400_000) };
    const lists = mapOf(listOf('remove'), listOf('hold_for_review'), listOf('test_match'));
    expect(holdRadiiOf(lists, many)).toEqual({
      byList: new Map([
        ['remove', 42],
        ['hold_for_review', 42],
      ]),
      widest: 42,
    });
  });

  it('is none for an engine that does not count', () => {
    expect(holdRadiiOf(known, { entriesOf: () => undefined })).toEqual({ byList: new Map(), widest: 0 });
  });

  it('is counted once a second at most', () => {
    let counts = 0;
    const cache = new HoldRadiusCache({ entriesOf: () => ++counts });
    cache.of(known);
    cache.of(known);
    expect(counts).toBe(1);
  });
});

describe('a closer look', () => {
  const [whole, crop] = [randomHash(random), randomHash(random)];
  const hashes: readonly IndexedHash[] = [hashOf(1, 'pdq', whole), hashOf(2, 'pdq', crop, { variant: 'crop_90' })];
  const wholes = async (probes: readonly Probe[]) =>
    (await found(probes))
      .filter(({ variant }) => variant === 'full')
      .map(({ queryVariant, distance }) => [queryVariant, distance]);

  beforeEach(() => index.add({ ...factsOf(1), hashes }));

  it('compares the wholes of what was found, however far apart', async () => {
    const asked = flipBits(whole, 90, random);
    expect(await wholes([probe(asked), probe(crop, 'inner_97')])).toEqual([['full', 90]]);
  });

  it('adds an undone edit only if it is near', async () => {
    const [near, far] = [flipBits(whole, 58, random), flipBits(whole, 70, random)];
    index.add(pdqEntry(9, randomHash(random)));
    const asked = [
      probe(flipBits(whole, 100, random)),
      probe(crop, 'inner_97'),
      probe(near, 'extended_90'),
      probe(far, 'extended_84'),
    ];
    expect(await wholes(asked)).toEqual(
      expect.arrayContaining([
        ['full', 100],
        ['extended_90', 58],
      ]),
    );
    expect((await wholes(asked)).map(([variant]) => variant)).not.toContain('extended_84');
  });

  it('finds nothing by itself', async () => {
    expect(await found([probe(flipBits(whole, 90, random)), probe(flipBits(whole, 80, random), 'inner_97')])).toEqual([]);
  });
});
