import type { Database } from './database.js';

/** An entry that matches far more than it ever did. */
export interface Flooded {
  readonly entry: string;
  readonly matches: number;
}

// In the order of entries, so that two nodes that count the same ones do not wait for each other in a ring. Each entry is looked up by itself
// (`offset 0` keeps the planner from joining whole tables): without statistics it read a million entries for 500, 1.3 s of the embedded database.
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
   * Adds near matches (by entry's UUID) to this hour's; gives the verified entries whose hour is beyond their list's limit and `times` their
   * busiest hour of the week before, except those that somebody released within a day.
   */
  add(matches: ReadonlyMap<string, number>, times: number): Promise<Flooded[]> {
    return this.database.query<Flooded & Record<string, unknown>>(addMatches, [
      [...matches.keys()],
      [...matches.values()],
      times,
    ]);
  }

  /** Deletes up to `limit` hours of more than a week ago; gives how many. */
  async purge(limit: number): Promise<number> {
    return (await this.database.query(deleteOld, [limit])).length;
  }
}
