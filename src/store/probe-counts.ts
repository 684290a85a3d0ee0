import type { Telling } from '../domain/match-disclosure.js';
import type { Database } from './database.js';

interface Counted {
  readonly scope: 'key' | 'organisation';
  /** The id of the key or organisation. */
  readonly name: string;
  /** Of the key, or the organisation itself. */
  readonly organisation: string;
  readonly variants: number;
}

export interface ProbeCount extends Counted {
  readonly told: Telling;
}

/** The sum of the other nodes. */
export interface OtherProbes extends Counted {
  /** Ms since the last probe after which a node told only bands; null if none does. */
  readonly bandsAgeMs: number | null;
  readonly matchesAgeMs: number | null;
}

// The order prevents deadlocks between nodes.
const putCounts = `
  with old as (
    delete from probe_count where at < now() - interval '1 day'
  )
  insert into probe_count (node, scope, name, organisation, variants, told, at)
  select $1, u.scope, u.name, u.organisation, u.variants, u.told, now()
  from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::text[]) as u (scope, name, organisation, variants, told)
  order by u.scope, u.name
  on conflict (scope, name, node) do update set
    organisation = excluded.organisation, variants = excluded.variants, told = excluded.told, at = excluded.at`;
// As long as the sketches of a node count.
const selectOthers = `
  select scope, name, min(organisation) as organisation,
    coalesce(sum(variants) filter (where scope = 'organisation' or at > now() - interval '9 minutes'), 0)::int as variants,
    (extract(epoch from now() - max(at) filter (where told <> 'distances')) * 1000)::float8 as "bandsAgeMs",
    (extract(epoch from now() - max(at) filter (where told = 'matches')) * 1000)::float8 as "matchesAgeMs"
  from probe_count where node <> $1 and at > now() - interval '1 day' group by scope, name`;

export class ProbeCountStore {
  constructor(private readonly database: Database) {}

  async put(node: string, counts: readonly ProbeCount[]): Promise<void> {
    const column = (read: (count: ProbeCount) => unknown) => counts.map(read);
    const given = [column(({ scope }) => scope), column(({ name }) => name), column(({ organisation }) => organisation)];
    await this.database.query(putCounts, [node, ...given, column(({ variants }) => variants), column(({ told }) => told)]);
  }

  others(node: string): Promise<OtherProbes[]> {
    return this.database.query<OtherProbes & Record<string, unknown>>(selectOthers, [node]);
  }
}
