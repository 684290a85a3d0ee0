import type { Logger } from 'pino';
import type { ChangeStore } from '../../store/changes.js';

/** A node or snapshot that is older than this loads everything again. */
export const changesKeptMs = 7 * 24 * 3_600_000;

/** Deletes changes older than `ageMs` that no node needs any more, in small statements. Returns how many. */
export async function pruneChangeFeed(
  changes: Pick<ChangeStore, 'prune'>,
  log: Pick<Logger, 'info'>,
  signal: AbortSignal,
  ageMs = changesKeptMs,
): Promise<number> {
  let pruned = 0;
  while (!signal.aborted) {
    const count = await changes.prune(ageMs);
    if (count === 0) break;
    pruned += count;
  }
  if (pruned > 0) log.info({ changes: pruned }, 'old changes pruned');
  return pruned;
}
