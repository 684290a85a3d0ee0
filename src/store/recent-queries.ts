import type { Database } from './database.js';

/** `hit` of `asked` recent queries. */
export interface Hits {
  readonly asked: number;
  readonly hit: number;
}

const insertQueries = `
  insert into recent_query (organisation, bits, asked_at, gone_at)
  select u.organisation, ('x' || u.hex)::bit(256), u.asked_at, u.asked_at + u.hours * interval '1 hour'
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::int[]) as u (organisation, hex, asked_at, hours)`;
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
  readonly hours: number;
}

export class RecentQueryStore {
  constructor(private readonly database: Database) {}

  async add(queries: readonly KeptQuery[]): Promise<void> {
    await this.database.query(insertQueries, [
      queries.map(({ organisation }) => organisation),
      queries.map(({ hex }) => hex),
      queries.map(({ askedAt }) => askedAt),
      queries.map(({ hours }) => hours),
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
