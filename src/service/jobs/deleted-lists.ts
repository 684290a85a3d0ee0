import type { DeletedListStore } from '../../store/deleted-lists.js';
import type { JobStore } from '../../store/jobs.js';

/** Deletes the hashes of deleted lists, and records the run as proof if there were any. */
export async function eraseDeletedLists(store: DeletedListStore, jobs: JobStore, signal: AbortSignal): Promise<void> {
  const startedAt = new Date();
  let erased = 0;
  while (!signal.aborted) {
    const count = await store.erase();
    if (count === 0) break;
    erased += count;
  }
  if (erased > 0) await jobs.record('deletedLists', startedAt, erased);
}
