import { type EntryStatus, entryStatuses } from '../domain/entry.js';
import type { Database } from './database.js';

export interface SeriesFilter {
  readonly lists: readonly string[];
  /** A part of the name, in upper or lower case. */
  readonly search?: string | undefined;
  /** The last series of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface StoredSeries {
  readonly series: string;
  readonly entries: number;
  readonly byStatus: Readonly<Partial<Record<EntryStatus, number>>>;
  readonly lists: readonly string[];
  readonly organisations: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly victimIdentified: boolean | null;
  readonly offenderIdentified: boolean | null;
}

type CountRow = Pick<StoredSeries, 'series' | 'entries' | 'lists' | 'firstAt' | 'lastAt'> & Record<string, unknown>;
type ClaimRow = Pick<StoredSeries, 'series' | 'organisations' | 'victimIdentified' | 'offenderIdentified'> &
  Record<string, unknown>;

const counts = entryStatuses.map((status) => `count(*) filter (where e.status = '${status}')::int as ${status}`).join(', ');
// In the order of entry_by_series, so that the page ends with its last series.
const selectSeries = `
  select e.series collate "C" as series, count(*)::int as entries, ${counts}, array_agg(distinct e.list) as lists,
    min(e.created_at) as "firstAt", max(e.created_at) as "lastAt"
  from entry e
  where e.series is not null and e.list = any($1) and ($2::text is null or e.series collate "C" > $2)
    and ($3::text is null or position(lower($3) in lower(e.series)) > 0)
  group by e.series collate "C" order by e.series collate "C" limit $4`;
// `bool_or` merges like src/domain/facts.ts: one source that knows is enough, and null means that none says.
const selectClaims = `
  select e.series collate "C" as series, count(distinct coalesce(c.organisation, e.organisation))::int as organisations,
    bool_or((c.facts->>'victimIdentified')::boolean) as "victimIdentified",
    bool_or((c.facts->>'offenderIdentified')::boolean) as "offenderIdentified"
  from entry e left join claim c on c.entry = e.id and c.ended_at is null
  where e.series collate "C" = any($1) and e.list = any($2) and e.status <> 'withdrawn'
  group by e.series collate "C"`;

export class SeriesStore {
  constructor(private readonly database: Database) {}

  /** By name. Withdrawn entries count, their claims do not. */
  async page({ lists, search, after, limit }: SeriesFilter): Promise<StoredSeries[]> {
    const rows = await this.database.query<CountRow>(selectSeries, [lists, after ?? null, search ?? null, limit]);
    const names = rows.map(({ series }) => series);
    const claims = names.length > 0 ? await this.database.query<ClaimRow>(selectClaims, [names, lists]) : [];
    const claimsOf = new Map(claims.map((row) => [row.series, row]));
    return rows.map((row) => seriesOf(row, claimsOf.get(row.series)));
  }
}

function seriesOf({ series, entries, lists, firstAt, lastAt, ...row }: CountRow, claims: ClaimRow | undefined): StoredSeries {
  const { organisations = 0, victimIdentified = null, offenderIdentified = null } = claims ?? {};
  const present = entryStatuses.flatMap((status) => (Number(row[status]) > 0 ? [[status, Number(row[status])]] : []));
  const times = { firstAt, lastAt };
  return {
    series,
    entries,
    byStatus: Object.fromEntries(present),
    lists,
    ...times,
    organisations,
    victimIdentified,
    offenderIdentified,
  };
}
