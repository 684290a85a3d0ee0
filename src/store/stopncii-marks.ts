import type { Database } from './database.js';

export interface Mark {
  /** Seconds since 1970. */
  readonly at: number;
  readonly cursor: string;
  /** With fractions. */
  readonly madeAt: number;
}

// In a second that is taken, the older cursor stays: it brings some records again and misses none.
const insertMark = `
  with gone as (
    delete from stopncii_mark where list = $1 and organisation = $2 and at < extract(epoch from now()) - $4
  )
  insert into stopncii_mark (list, organisation, at, cursor)
  values ($1, $2, floor(extract(epoch from now()))::bigint, $3)
  on conflict (list, organisation, at) do update set made_at = excluded.made_at
  returning at::float8 as at`;
const selectMark = `
  select at::float8 as at, cursor, extract(epoch from made_at)::float8 as "madeAt" from stopncii_mark
  where list = $1 and organisation = $2 and at <= $3 order by at desc limit 1`;
const selectNow = 'select extract(epoch from clock_timestamp())::float8 as now';

/** As long as changes are kept. */
const keptSeconds = 7 * 24 * 3_600;

export class StopnciiMarkStore {
  constructor(private readonly database: Database) {}

  /** Seconds since 1970, of the database. */
  async now(): Promise<number> {
    const [row] = await this.database.query<{ now: number }>(selectNow);
    return row?.now ?? 0;
  }

  /** Returns the second to which the cursor belongs from now on. */
  async put(list: string, organisation: string, cursor: string): Promise<number> {
    const [row] = await this.database.query<{ at: number }>(insertMark, [list, organisation, cursor, keptSeconds]);
    if (!row) throw new Error('a mark was not stored');
    return row.at;
  }

  /** The newest one that is not after `at`. */
  async find(list: string, organisation: string, at: number): Promise<Mark | undefined> {
    const [row] = await this.database.query<Mark & Record<string, unknown>>(selectMark, [list, organisation, at]);
    return row && { at: row.at, cursor: row.cursor, madeAt: row.madeAt };
  }
}
