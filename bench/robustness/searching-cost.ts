/** The time to search for a query among random hashes, by the rungs of the ladder. */
import type { IndexedEntry } from '../../src/domain/entry.js';
import { algorithmOf, fullVariant, type HashKind, hashKinds } from '../../src/domain/hash.js';
import { standingOf } from '../../src/domain/standing.js';
import type { Lists, QueryHash } from '../../src/index/hash-index.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { searchCandidates } from '../../src/service/matching/candidate-search.js';
import { noHoldRadii } from '../../src/service/matching/hold-radii.js';
import type { Searched } from '../../src/service/matching/query.js';
import { type Random, randomFrom, randomHashes } from '../random.js';
import { median } from '../statistics.js';
import { holdRadiiWith, list, radii } from './known-list.js';
import { entriesOfLargeList, holdRung, rungOf, rungs } from './ladder.js';
import type { Search } from './pipeline.js';

const runs = 5;
const seed = 3;
const pageSize = 10_000;
const bytesPerHash = 32;
const regionRung = rungOf('+ regions');
const holdRadii = holdRadiiWith(entriesOfLargeList);

/** An index that has no regions until the rung that stores them. */
class LadderIndex extends MemoryIndex {
  hasRegions = false;

  override search(kind: HashKind, queries: readonly QueryHash[], radius: number, lists?: Lists) {
    return kind === 'region' && !this.hasRegions ? queries.map(() => []) : super.search(kind, queries, radius, lists);
  }
}

/**
 * ms per query of each rung and those before, with one worker. The median of a few runs, and the mean over `queries`.
 *
 * @param entries random hashes of each kind in the index
 */
export async function measureSearching(queries: readonly (readonly Search[])[], entries: number): Promise<number[]> {
  const workers = await startIndexWorkerPool(1);
  const index = new LadderIndex(workers);
  try {
    const random = randomFrom(seed);
    await index.load(pagesOf(entries, random), entries);
    const ladders = queries.map((searches) => ladderOf(searches, random));
    const times = ladders.map((ladder) => ladder.map((): number[] => []));
    const asked = changingRungs(ladders);
    // The first run is warm-up. Rungs take turns, so that a slow phase of the machine affects all of them.
    for (let run = -1; run < runs; run++) {
      for (const [at, ladder] of ladders.entries()) {
        for (const rung of asked) {
          const took = await timeOf(index, rung, ladder[rung]);
          if (run >= 0) times[at]?.[rung]?.push(took);
        }
      }
    }
    const means = rungs.map((_, rung) => times.reduce((sum, ofQuery) => sum + median(ofQuery[rung] ?? []), 0) / times.length);
    return rungs.map((_, rung) => means[asked.findLast((other) => other <= rung) ?? 0] ?? 0);
  } finally {
    await index.close();
    await workers.close();
  }
}

async function timeOf(index: LadderIndex, rung: number, query: Searched | undefined): Promise<number> {
  index.hasRegions = rung >= regionRung;
  const began = performance.now();
  await searchCandidates(index, query ? [query] : [], radii, { holdRadii: rung >= holdRung ? holdRadii : noHoldRadii });
  return performance.now() - began;
}

/** What each rung searches for. The time does not depend on the hashes, so they are random. */
function ladderOf(searches: readonly Search[], random: Random): Searched[] {
  const probes = searches.map((search) => ({ ...search, value: randomHashes(1, random), quality: 100 }));
  const upright = { variant: fullVariant, orientation: 'identity', negative: false, quality: null } as const;
  const blockhash = [{ ...upright, value: randomHashes(1, random) }];
  return rungs.map((_, rung) => {
    const taken = rungs.slice(0, rung + 1);
    return {
      pdq: probes.filter((probe) => taken.some(({ asks }) => asks(probe))),
      blockhash: taken.some(({ stores }) => stores('blockhash')) ? blockhash : [],
      exact: [],
    };
  });
}

/** Without the rungs that search no more than the rung before. */
function changingRungs(ladders: readonly (readonly Searched[])[]): number[] {
  const size = (rung: number) =>
    ladders.reduce((sum, ladder) => sum + (ladder[rung]?.pdq.length ?? 0) + (ladder[rung]?.blockhash.length ?? 0), 0);
  const all = rungs.map((_, rung) => rung);
  return all.filter((rung) => rung === holdRung || rung === regionRung || size(rung) !== size(rung - 1));
}

const variantOf = { pdq: fullVariant, region: 'region_centre', blockhash: fullVariant } as const;

async function* pagesOf(count: number, random: Random): AsyncGenerator<IndexedEntry[]> {
  let ordinal = 0;
  for (let first = 0; first < count; first += pageSize) {
    const length = Math.min(pageSize, count - first);
    const values = hashKinds.map((kind) => ({ kind, hashes: randomHashes(length, random) }));
    yield Array.from({ length }, (_, at) => ({
      id: `ent_${(first + at).toString(16).padStart(32, '0')}`,
      list: list.id,
      class: 'test',
      standing: standingOf('verified', 0, 0),
      hashes: values.map(({ kind, hashes }) => ({
        ordinal: ++ordinal,
        algorithm: algorithmOf(kind),
        variant: variantOf[kind],
        value: hashes.subarray(at * bytesPerHash, (at + 1) * bytesPerHash),
        quality: 100,
      })),
    }));
  }
}
