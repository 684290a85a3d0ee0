import type { Edit } from './edits/edit.js';
import { measureHashing } from './hashing-cost.js';
import { rungs } from './ladder.js';
import { copyOf } from './measure.js';
import type { Original } from './originals.js';
import type { Pipeline } from './pipeline.js';
import type { Cost } from './results.js';
import { measureSearching } from './searching-cost.js';

/** Has no divisor in common with the number of edits, so that each edit comes up. */
const editStep = 7;
const maxSearched = 40;

/** What each rung costs for one edited copy of each original. `indexed`: random hashes of each kind. */
export async function measureCosts(
  pipeline: Pipeline,
  originals: readonly Original[],
  edits: readonly Edit[],
  indexed: number,
): Promise<Cost[]> {
  const files: Buffer[] = [];
  for (const [at, original] of originals.entries()) {
    const edit = edits[(at * editStep) % edits.length];
    if (edit) files.push(await copyOf(original, edit));
  }
  const queries = [];
  for (const bytes of files.slice(0, maxSearched)) queries.push((await pipeline.query(bytes)).searches);
  const hashing = await measureHashing(files);
  const searching = await measureSearching(queries, indexed);
  return rungs.map(({ name }, rung) => ({ name, hashing: hashing[rung] ?? 0, searching: searching[rung] ?? 0 }));
}
