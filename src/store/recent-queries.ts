import type { Database } from './database.js';

/** `hit` of `asked` recent queries. */
export interface Hits {
  readonly asked: number;
  readonly hit: number;
}

// The lock waits for an organisation that opts out at this moment, and sees its choice.
const insertQueries = `
  with keeping as materialized (
    select id, query_hours from organisation where id = any($1) and query_hours > 0 order by id for share
  )
  insert into recent_query (organisation, bits, asked_at, gone_at)
  select k.id, ('x' || u.hex)::bit(256), u.asked_at, u.asked_at + k.query_hours * interval '1 hour'
  from unnest($1::text[], $2::text[], $3::timestamptz[]) as u (organisation, hex, asked_at) join keeping k on k.id = u.organisation`;
const countHits = `
  select count(*)::int as asked, count(*) filter (where exists (
    select from unnest($1::text[]) as h (hex) where q.bits <~> ('x' || h.hex)::bit(256) <= $2))::int as hit
  from (select bits from recent_query where gone_at > now() order by id desc limit $3) q`;
const deleteOld = `
  delete from recent_query where id = any(array(select id from recent_query where gone_at <= now() limit $1)) returning 1`;

export interface KeptQuery {
  readonly organisation: string;
  readonly hex: string;
  readonly askedAt: Date;
}

export class RecentQueryStore {
  constructor(private readonly database: Database) {}

  /** Leaves out queries of organisations that do not want theirs kept. */
  async add(queries: readonly KeptQuery[]): Promise<void> {
    await this.database.query(insertQueries, [
      queries.map(({ organisation }) => organisation),
      queries.map(({ hex }) => hex),
      queries.map(({ askedAt }) => askedAt),
    ]);
  }

  /** Compares the last `most` queries with these PDQ hashes. */
  async hits(hexes: readonly string[], radius: number, most: number): Promise<Hits> {
    const [row] = await this.database.query<Hits & Record<string, unknown>>(countHits, [hexes, radius, most]);
    return row ?? { asked: 0, hit: 0 };
  }

  async purge(limit: number): Promise<number> {
    return (await this.database.query(deleteOld, [limit])).length;
  }
}
