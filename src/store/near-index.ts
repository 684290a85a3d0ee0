/** The HNSW index for neighbour searches. A bulk load drops it first. */
import { setTimeout as pause } from 'node:timers/promises';
import { VigieError } from '../domain/errors.js';
import type { Database, Queryable } from './database.js';

const isPresent = `select exists (
  select from pg_index i where i.indexrelid = to_regclass('hash_near') and i.indisvalid) as present`;
const countHashes = `select count(*)::int as count from (select from hash where algorithm = 'pdq' limit $1) as counted`;
const definition = `on hash using hnsw (bits bit_hamming_ops) where variant = 'full' and algorithm = 'pdq'`;
// Two builds would wait for each other. Nobody waits for this lock: a build waits for every transaction that is older.
const tryLock = "select pg_try_advisory_lock(hashtext('vigie neighbours index')) as locked";

/** Of an earlier version, which takes no lock. */
const isBeingBuilt = `select exists (
  select from pg_stat_progress_create_index
  where datname = current_database() and index_relid = to_regclass('hash_near')) as present`;

/**
 * A build blocks the embedded database (1 500 rows/s; 20 000 rows took 13.7 s). Above this number it has no index and compares every
 * row.
 */
const maxForEmbedded = 5_000;
const maxAttempts = 5;
const maxPauseMs = 2_000;

/** Writers wait for a plain drop, and the drop for every transaction. The embedded database knows no other. */
export async function dropNearIndex(database: Database): Promise<void> {
  await database.query(dropOf(database), [], 0);
}

/** Fewer go into the index one by one in a few seconds. */
const bulkHashes = 5_000;
/** A row costs a millisecond in an insertion and about a tenth of that in a build, which the import need not wait for. */
const buildGain = 10;

/** Before `coming` hashes are stored in bulk: without the index if they are many beside those that it holds. */
export async function prepareNearIndex(database: Database, coming: number): Promise<void> {
  if (coming <= bulkHashes) return;
  const limit = buildGain * coming;
  const [present] = await database.query<{ count: number }>(countHashes, [limit], 0);
  if (present && present.count < limit) await dropNearIndex(database);
}

const dropOf = ({ embedded }: Database) => `drop index ${embedded ? '' : 'concurrently '}if exists hash_near`;

export async function hasNearIndex(database: Queryable): Promise<boolean> {
  const [state] = await database.query<{ present: boolean }>(isPresent);
  return state?.present ?? false;
}

/** True when the index exists afterwards or another node builds it. Other queries continue on PostgreSQL. */
export async function ensureNearIndex(database: Database): Promise<boolean> {
  if (await hasNearIndex(database)) return true;
  if (database.embedded) return buildEmbedded(database);
  for (let attempt = 1; ; attempt++) {
    try {
      await database.session((session) => buildAlone(database, session));
      return true;
    } catch (error) {
      // A deadlock with another change of the schema.
      if (attempt === maxAttempts || !(error instanceof VigieError && error.code === 'overloaded')) throw error;
      await pause(Math.random() * maxPauseMs);
    }
  }
}

async function buildEmbedded(database: Database): Promise<boolean> {
  await dropNearIndex(database);
  const [size] = await database.query<{ count: number }>(countHashes, [maxForEmbedded + 1]);
  if (size && size.count > maxForEmbedded) return false;
  await database.query(`create index if not exists hash_near ${definition}`, [], 0);
  return true;
}

async function buildAlone(database: Database, session: Queryable): Promise<void> {
  const [lock] = await session.query<{ locked: boolean }>(tryLock);
  if (!lock?.locked || (await hasNearIndex(session))) return;
  const [build] = await session.query<{ present: boolean }>(isBeingBuilt);
  if (build?.present) return;
  // An interrupted build leaves an invalid index.
  await session.query(dropOf(database));
  await session.query(`create index concurrently hash_near ${definition}`);
}
