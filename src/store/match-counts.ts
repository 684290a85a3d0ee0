import type { Database } from './database.js';

export interface Flooded {
  readonly entry: string;
  readonly matches: number;
}

// The order prevents deadlocks between nodes. Without `offset 0` and without statistics, the planner read a million entries for 500
// (1.3 s on the embedded database).
const addMatches = `
  with counted as (
    insert into entry_traffic (entry, hour, matches)
    select u.entry, date_trunc('hour', now()), u.matches
    from unnest($1::uuid[], $2::int[]) as u (entry, matches)
    cross join lateral (select from entry e where e.id = u.entry offset 0) known
    order by u.entry
    on conflict (entry, hour) do update set matches = entry_traffic.matches + excluded.matches
    returning entry, matches
  )
  select c.entry, c.matches from counted c
  cross join lateral (select e.list from entry e where e.id = c.entry and e.status = 'verified' offset 0) e
  join hash_list l on l.id = e.list and l.action in ('remove', 'remove_and_report', 'hold_for_review')
  where c.matches >= l.flood_an_hour
    and c.matches > $3 * coalesce((
      select max(t.matches) from entry_traffic t
      where t.entry = c.entry and t.hour < date_trunc('hour', now()) and t.hour > now() - interval '7 days'), 0)
    and not exists (
      select from entry_event v where v.entry = c.entry and v.event = 'release' and v.at > now() - interval '1 day')`;

const deleteOld = `
  delete from entry_traffic where ctid = any(array(
    select ctid from entry_traffic where hour < now() - interval '8 days' limit $1)) returning 1`;

export class MatchCountStore {
  constructor(private readonly database: Database) {}

  /**
   * Adds near matches to this hour's count. Returns the verified entries whose count exceeds both the limit of their list and `times`
   * their busiest hour of the past week, except entries released within the last day.
   */
  add(matches: ReadonlyMap<string, number>, times: number): Promise<Flooded[]> {
    return this.database.query<Flooded & Record<string, unknown>>(addMatches, [
      [...matches.keys()],
      [...matches.values()],
      times,
    ]);
  }

  async purge(limit: number): Promise<number> {
    return (await this.database.query(deleteOld, [limit])).length;
  }
}
