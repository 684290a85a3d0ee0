/** The HNSW index for neighbour searches. A bulk load drops it first. */
import type { Database } from './database.js';

const dropIndex = 'drop index if exists hash_near';
const isPresent = `select exists (
  select from pg_index i where i.indexrelid = to_regclass('hash_near') and i.indisvalid) as present`;
const countHashes = `select count(*)::int as count from (select from hash where algorithm = 'pdq' limit $1) as counted`;
const definition = `on hash using hnsw (bits bit_hamming_ops) where variant = 'full' and algorithm = 'pdq'`;

/** A drop would wait for another node's build, and every write would wait for the drop. */
const isBeingBuilt = `select exists (
  select from pg_stat_progress_create_index
  where datname = current_database() and index_relid = to_regclass('hash_near')) as present`;

/**
 * A build blocks the embedded database (1 500 rows/s; 20 000 rows took 13.7 s). Above this number it has no index and compares every
 * row.
 */
const maxForEmbedded = 5_000;

export async function dropNearIndex(database: Database): Promise<void> {
  await database.query(dropIndex);
}

export async function hasNearIndex(database: Database): Promise<boolean> {
  const [state] = await database.query<{ present: boolean }>(isPresent);
  return state?.present ?? false;
}

/** True when the index exists afterwards or another node builds it. Other queries continue on PostgreSQL. */
export async function ensureNearIndex(database: Database): Promise<boolean> {
  if (await hasNearIndex(database)) return true;
  if (!database.embedded && (await database.query<{ present: boolean }>(isBeingBuilt))[0]?.present) return true;
  // An interrupted concurrent build leaves an invalid index.
  await database.query(dropIndex);
  if (database.embedded) {
    const [size] = await database.query<{ count: number }>(countHashes, [maxForEmbedded + 1]);
    if (size && size.count > maxForEmbedded) return false;
    await database.query(`create index if not exists hash_near ${definition}`, [], 0);
    return true;
  }
  await database.query(`create index concurrently if not exists hash_near ${definition}`, [], 0);
  return true;
}
