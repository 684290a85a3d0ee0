import type { Database } from './database.js';

export interface QuotaUse {
  readonly key: string;
  readonly period: 'minute' | 'day';
  readonly used: number;
  /** Ms since the period began, by the clock of the database. */
  readonly ageMs: number;
}

const isOpen = `quota_use.since + case quota_use.period when 'minute' then interval '1 minute' else interval '1 day' end > now()`;

// The order prevents deadlocks between nodes.
const addUses = `
  insert into quota_use (api_key, period, since, used)
  select k.id, p.period, now(), u.used
  from unnest($1::text[], $2::bigint[]) as u (api_key, used)
  join api_key k on k.id = u.api_key
  cross join (values ('minute'), ('day')) as p (period)
  order by k.id, p.period
  on conflict (api_key, period) do update set
    used = case when ${isOpen} then quota_use.used else 0 end + excluded.used,
    since = case when ${isOpen} then quota_use.since else excluded.since end
  returning api_key as key, period, used::float8 as used, (extract(epoch from now() - since) * 1000)::float8 as "ageMs"`;

/** The matches of keys on all nodes. */
export class QuotaUseStore {
  constructor(private readonly database: Database) {}

  /** Adds the matches of each key and returns what all nodes have used. */
  add(matches: ReadonlyMap<string, number>): Promise<QuotaUse[]> {
    return this.database.query<QuotaUse & Record<string, unknown>>(addUses, [[...matches.keys()], [...matches.values()]]);
  }
}
