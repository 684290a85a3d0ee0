/** The HNSW index behind "what is near this?": dropped before a bulk load, built again behind it. */
import type { Database } from './database.js';

const dropIndex = 'drop index if exists hash_near';
const isPresent = `select exists (
  select from pg_index i where i.indexrelid = to_regclass('hash_near') and i.indisvalid) as present`;
const countHashes = `select count(*)::int as count from (select from hash where algorithm = 'pdq' limit $1) as counted`;
const definition = `on hash using hnsw (bits bit_hamming_ops) where variant = 'full' and algorithm = 'pdq'`;

/** Another node builds the index: dropping it now would wait for that build, and every write would wait for the drop. */
const isBeingBuilt = `select exists (
  select from pg_stat_progress_create_index where index_relid = to_regclass('hash_near')) as present`;

/**
 * The embedded database stands still while it builds (measured: 1 500 rows/s, 20 000 took 13.7 s), so past this many hashes it goes
 * without: neighbours are then found by comparing every row, slower and exact.
 */
const maxForEmbedded = 5_000;

export async function dropNearIndex(database: Database): Promise<void> {
  await database.query(dropIndex);
}

/** Builds the index where it is missing or was left half built; gives whether it stands afterwards. PostgreSQL keeps serving. */
export async function ensureNearIndex(database: Database): Promise<boolean> {
  const [state] = await database.query<{ present: boolean }>(isPresent);
  if (state?.present) return true;
  if (!database.embedded && (await database.query<{ present: boolean }>(isBeingBuilt))[0]?.present) return true;
  // What an interrupted concurrent build leaves is invalid and only in the way.
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
