/**
 * Deleted hashes leave the files of the database. A row that is deleted stays in them, in indexes, in planner statistics and in the
 * write-ahead log: docs/decisions/0018-erasure.md has what was measured.
 */
import { setTimeout } from 'node:timers/promises';
import { type Database, sqlState } from './database.js';

/** In `job_run`. */
export const recordedAs = 'bytes';

// A transaction may have noted its change up to a minute before the run, and committed after it.
const countDeletions = `
  select count(*)::int as count, now() as at from change where ordinals <> '{}' and at >= coalesce(
    (select max(started_at) from job_run where job = '${recordedAs}'), '-infinity') - interval '1 minute'`;
const mayVacuum = "select pg_has_role(relowner, 'member') as may from pg_class where oid = 'hash'::regclass";
// A vacuum keeps what a transaction that began before the deletion may still read. `n_dead_tup` would not tell: its counts arrive late.
const findReaders = `
  select exists (select from pg_stat_activity where datname = current_database() and backend_xmin is not null
    and pid <> pg_backend_pid() and xact_start <= coalesce($1::timestamptz, (select max(at) from change where ordinals <> '{}'))) as found`;

/** A plain vacuum leaves bytes in the free space of pages, and old ones in the statistics. */
const rewrite = [
  'vacuum full hash',
  'vacuum full entry',
  'vacuum full tombstone',
  'analyze hash',
  'analyze entry',
  'vacuum full pg_statistic',
];
/** A recycled segment keeps its old bytes. The second round removes the segment in which the first one began. */
const renewLog = ['set wal_recycle = off', ...Array(2).fill(['select pg_switch_wal()', 'checkpoint']).flat()];

/**
 * Without `index_cleanup`, a vacuum of few rows leaves their digests in the index. Without `freeze`, it passes over a page that another
 * process (a checkpoint) holds at that moment.
 */
const vacuum = ['hash', 'entry', 'tombstone'].map((table) => `vacuum (analyze, freeze, index_cleanup on) ${table}`);
/** Some 100 kB. PostgreSQL skips it with a warning if the role does not own the database. */
const rewriteStatistics = 'vacuum full pg_statistic';

/** Transactions of the service take milliseconds. */
const maxWaitMs = 5_000;
const pollMs = 50;

const insufficientPrivilege = '42501';

export class DeletedBytesStore {
  constructor(private readonly database: Database) {}

  /** The number of changes that deleted hashes since the last erasure, by the clock of the database. */
  async pending(): Promise<{ count: number; at: Date }> {
    const [row] = await this.database.query<{ count: number; at: Date }>(countDeletions);
    return row ?? { count: 0, at: new Date() };
  }

  /**
   * `done`: on the embedded database the files hold none of the hashes any more; on PostgreSQL their space is free. `refused`: only the
   * role that owns the tables may do this. `later`: an open transaction may still read them.
   */
  async erase(): Promise<'done' | 'refused' | 'later'> {
    if (this.database.embedded) {
      await this.run([...rewrite, ...renewLog]);
      return 'done';
    }
    const [role] = await this.database.query<{ may: boolean }>(mayVacuum);
    if (!role?.may) return 'refused';
    const found = await this.readersSince(null);
    await this.run(vacuum);
    // The old statistics are deleted rows as well, and who began before the last `analyze` may still read them.
    const [clock] = await this.database.query<{ now: string }>('select clock_timestamp()::text as now');
    const deadline = performance.now() + maxWaitMs;
    let reading = await this.readersSince(clock?.now ?? null);
    while (reading && !found && performance.now() < deadline) {
      await setTimeout(pollMs);
      reading = await this.readersSince(clock?.now ?? null);
    }
    await this.run([rewriteStatistics]);
    await this.checkpoint();
    return found || reading ? 'later' : 'done';
  }

  /** @param moment the last change that deleted hashes, if null */
  private async readersSince(moment: string | null): Promise<boolean> {
    const [readers] = await this.database.query<{ found: boolean }>(findReaders, [moment]);
    return readers?.found === true;
  }

  private async run(statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.database.query(statement, [], 0);
  }

  /** Takes the right `pg_checkpoint`. Without it, PostgreSQL does this by itself every few minutes. */
  private async checkpoint(): Promise<void> {
    try {
      await this.database.query('checkpoint', [], 0);
    } catch (error) {
      if (sqlState(error) !== insufficientPrivilege) throw error;
    }
  }
}
