import type { Logger } from 'pino';
import { type DeletedBytesStore, recordedAs } from '../../store/deleted-bytes.js';
import type { JobStore } from '../../store/jobs.js';

/** Runs `work` with the role that owns the tables, if there are two roles. */
export type AsOwner = <Result>(work: (store: DeletedBytesStore) => Promise<Result>) => Promise<Result>;

/** Removes deleted hashes from the files of the database, and records the run as proof. */
export class DeletedBytes {
  private refused = false;

  constructor(
    private readonly store: Pick<DeletedBytesStore, 'pending'>,
    private readonly asOwner: AsOwner,
    private readonly jobs: Pick<JobStore, 'record'>,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
  ) {}

  async erase(): Promise<void> {
    const began = performance.now();
    const { count: changes, at } = await this.store.pending();
    if (changes === 0) return;
    const outcome = await this.asOwner((store) => store.erase());
    const ms = Math.round(performance.now() - began);
    if (outcome === 'done') {
      await this.jobs.record(recordedAs, at, changes);
      this.log.info({ changes, ms }, 'deleted hashes removed from the files of the database');
    }
    if (outcome === 'later') this.log.info({ ms }, 'an open transaction still reads deleted hashes; the next run removes them');
    if (outcome === 'refused' && !this.refused) this.log.warn(notOwner);
    this.refused = outcome === 'refused';
  }
}

const notOwner =
  'deleted hashes stay in the files of PostgreSQL until autovacuum: set VIGIE_MIGRATION_URL, or run "vacuum (freeze, index_cleanup on) hash, entry" every hour as the role that owns the tables';
