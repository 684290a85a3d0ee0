import type { Database } from './database.js';

export interface Flooded {
  readonly entry: string;
  /** Distinct contents. */
  readonly contents: number;
  readonly organisations: number;
}

export interface MatchSource {
  readonly entry: string;
  readonly organisation: string;
  readonly matches: number;
  /** 2 048 bits in hex, one per cell that a content fell into. */
  readonly contents: string;
}

export const contentCells = 2_048;

// The order prevents deadlocks between nodes. Without `offset 0` and without statistics, the planner read a million entries for 500
// (1.3 s on the embedded database).
const addSources = `
  insert into entry_match_source (entry, hour, organisation, matches, contents)
  select u.entry, date_trunc('hour', now()), u.organisation, u.matches, ('x' || u.contents)::bit(${contentCells})
  from unnest($1::uuid[], $2::text[], $3::int[], $4::text[]) as u (entry, organisation, matches, contents)
  cross join lateral (select from entry e where e.id = u.entry offset 0) known
  order by u.entry, u.organisation
  on conflict (entry, hour, organisation) do update set
    matches = entry_match_source.matches + excluded.matches,
    contents = entry_match_source.contents | excluded.contents`;

// Linear counting. Nearly full cells say only "very many": then every match counts.
const distinct = `case when bit_count(s.contents) > ${contentCells - 48} then s.matches
  else round(-${contentCells} * ln((${contentCells} - bit_count(s.contents)) / ${contentCells}.0)) end`;

// One organisation counts for at most half of a flood, unless it is the only one that matches at all.
const findFlooded = `
  select w.entry, n.contents::int as contents, n.organisations::int as organisations
  from unnest($1::uuid[]) as w (entry)
  cross join lateral (select e.list from entry e where e.id = w.entry and e.status = 'verified' offset 0) e
  cross join lateral (
    select flood_an_hour from hash_list l
    where l.id = e.list and l.action in ('remove', 'remove_and_report', 'hold_for_review') offset 0) l
  cross join lateral (
    select sum(${distinct}) as contents, count(*) as organisations, sum(least(${distinct}, case
      when (select count(distinct k.organisation) from api_key k where k.role = 'platform' and k.revoked_at is null) > 1
      then (l.flood_an_hour + 1) / 2 end)) as counted
    from entry_match_source s where s.entry = w.entry and s.hour = date_trunc('hour', now())) n
  where n.counted >= l.flood_an_hour
    and n.contents > $2 * coalesce((
      select max(h.contents) from (
        select sum(${distinct}) as contents from entry_match_source s
        where s.entry = w.entry and s.hour < date_trunc('hour', now()) and s.hour > now() - interval '7 days'
        group by s.hour) h), 0)
    and not exists (
      select from entry_event v where v.entry = w.entry and v.event = 'release' and v.at > now() - interval '1 day')`;

const deleteOld = `
  delete from entry_match_source where ctid = any(array(
    select ctid from entry_match_source where hour < now() - interval '8 days' limit $1)) returning 1`;
const deleteOldTraffic = `
  delete from entry_traffic where ctid = any(array(
    select ctid from entry_traffic where hour < now() - interval '8 days' limit $1)) returning 1`;

export class MatchCountStore {
  constructor(private readonly database: Database) {}

  async add(sources: readonly MatchSource[]): Promise<void> {
    await this.database.query(addSources, [
      sources.map(({ entry }) => entry),
      sources.map(({ organisation }) => organisation),
      sources.map(({ matches }) => matches),
      sources.map(({ contents }) => contents),
    ]);
  }

  /**
   * The verified entries among these whose distinct contents of this hour exceed both the limit of their list and `times` their busiest
   * hour of the past week, except entries released within the last day.
   */
  flooded(entries: readonly string[], times: number): Promise<Flooded[]> {
    return this.database.query<Flooded & Record<string, unknown>>(findFlooded, [entries, times]);
  }

  async purge(limit: number): Promise<number> {
    const deleted = (await this.database.query(deleteOld, [limit])).length;
    return deleted + (await this.database.query(deleteOldTraffic, [limit - deleted])).length;
  }
}
