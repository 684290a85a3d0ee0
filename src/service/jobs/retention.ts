import type { JobStore } from '../../store/jobs.js';

/** Rows per statement: about 10 ms, so that no other query waits long. */
const deletedAtOnce = 1_000;

/** Deletes up to `limit` rows whose retention period has ended. Returns how many. */
export type Purge = (limit: number) => Promise<number>;

/** Deletes every row whose retention period has ended, and records the run as proof. */
export async function deleteExpired(jobs: JobStore, name: string, purge: Purge, signal: AbortSignal): Promise<void> {
  const startedAt = new Date();
  let deleted = 0;
  while (!signal.aborted) {
    const count = await purge(deletedAtOnce);
    deleted += count;
    if (count < deletedAtOnce) break;
  }
  await jobs.record(name, startedAt, deleted);
}
