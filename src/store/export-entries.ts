import { type Algorithm, isKnown } from '../domain/algorithms/registry.js';
import { entryIdOf, type Provenance, type SourceCode } from '../domain/entry.js';
import type { ContentClass } from '../domain/list.js';
import type { Database } from './database.js';
import { bytesOf } from './hash-value.js';

/** As in a claim. */
interface SourceFacts {
  readonly victimIdentified?: boolean;
  readonly offenderIdentified?: boolean;
  readonly distributed?: boolean;
  readonly submissions?: number;
}

/** An entry with everything that a file may say about it. */
export interface ExportableEntry {
  readonly uuid: string;
  readonly id: string;
  readonly list: string;
  readonly withdrawn: false;
  readonly sourceId: string | null;
  readonly hashes: readonly {
    readonly algorithm: Algorithm;
    readonly hex: string;
    readonly quality: number | null;
    readonly variant: string;
  }[];
  readonly class: ContentClass;
  readonly sourceCodes: readonly SourceCode[];
  readonly series: string | null;
  readonly synthetic: boolean;
  readonly provenance: Provenance;
  readonly facts: SourceFacts;
  readonly expiresAt: string | null;
  readonly updatedAt: string;
  readonly isCanary: boolean;
}

interface Row {
  uuid: string;
  list: string;
  class: ContentClass;
  provenance: Provenance;
  source_codes: SourceCode[];
  series: string | null;
  synthetic: boolean;
  source_id: string | null;
  facts: SourceFacts | null;
  expires_at: Date | null;
  updated_at: Date;
  is_canary: boolean;
  hashes: { algorithm: string; variant: string; hex: string; quality: number | null }[] | null;
}

/** An entry may remove content: enough people have confirmed it, and nobody disputes it. */
const isStanding = `
  e.status = 'verified' and e.people >= greatest(l.people_required, e.people_required)
    and e.organisations >= l.organisations_required and (e.expires_at is null or e.expires_at > now())`;

/** Of the entries that `page` selects. Of several claims, the first one that came from a source says the id and the facts. */
const rowsOf = (page: string) => `
  with page as materialized (${page})
  select e.id as uuid, e.list, e.class, e.provenance, e.source_codes, e.series, e.synthetic, e.updated_at,
    case when k.entry is null then c.source_id else k.source_id end as source_id,
    case when k.entry is null then e.expires_at else k.expires_at end as expires_at,
    c.facts, k.entry is not null as is_canary,
    (select json_agg(json_build_object('algorithm', h.algorithm, 'variant', h.variant, 'hex', encode(${bytesOf('h')}, 'hex'),
        'quality', h.quality) order by h.ordinal)
      from hash h where h.entry = e.id) as hashes
  from page p join entry e on e.id = p.id
  left join canary k on k.entry = e.id
  left join lateral (
    select source_id, facts from claim where entry = e.id and ended_at is null order by source_id is null, made_at, id limit 1
  ) c on true
  order by e.id`;

// The canaries of other exports stay out.
const selectPage = rowsOf(`
  select e.id from entry e join hash_list l on l.id = e.list
  where e.list = $1 and e.id > $2 and ${isStanding}
    and not exists (select from canary k where k.entry = e.id and k.export <> $3)
  order by e.id limit $4`);
const selectBounds = `
  select (select id from entry where list = $1 and status = 'verified' order by id limit 1) as first,
    (select id from entry where list = $1 and status = 'verified' order by id desc limit 1) as last`;
// For each id, some entries at or after it: an import makes many at once, and long gaps lie between two imports.
const selectNear = rowsOf(`
  select distinct near.id from unnest($2::uuid[]) as u (id) cross join lateral (
    select e.id from entry e join hash_list l on l.id = e.list
    where e.list = $1 and e.id >= u.id and ${isStanding} and not exists (select from canary k where k.entry = e.id)
    order by e.id limit 20
  ) near`);

const beforeAll = '00000000-0000-0000-0000-000000000000';
/** The id that an import makes from the hashes of a record without one. */
const madeId = /^content-[0-9a-f]{32}$/;

export class ExportEntryStore {
  constructor(private readonly database: Database) {}

  /** Pages of the standing entries by their ids, with the canaries of this export and no other. */
  async *pages(list: string, exported: string, pageSize: number): AsyncGenerator<ExportableEntry[]> {
    for (let after = beforeAll; ; ) {
      const rows = await this.database.query<Row>(selectPage, [list, after, exported, pageSize]);
      if (rows.length > 0) yield rows.map(entryOf);
      const last = rows.at(-1);
      if (!last || rows.length < pageSize) return;
      after = last.uuid;
    }
  }

  /** The ids of the first and the last verified entry. */
  async bounds(list: string): Promise<{ first: string | null; last: string | null }> {
    const [row] = await this.database.query<{ first: string | null; last: string | null }>(selectBounds, [list]);
    return row ?? { first: null, last: null };
  }

  /** Up to 20 standing entries at or after each of these ids that are no canaries. */
  async near(list: string, uuids: readonly string[]): Promise<ExportableEntry[]> {
    return (await this.database.query<Row>(selectNear, [list, uuids])).map(entryOf);
  }
}

function entryOf(row: Row): ExportableEntry {
  const { uuid, list, provenance, series, synthetic, source_id: sourceId } = row;
  return {
    ...{ uuid, list, provenance, series, synthetic },
    id: entryIdOf(uuid),
    withdrawn: false,
    sourceId: sourceId !== null && madeId.test(sourceId) ? null : sourceId,
    // A newer version may store hashes that this one does not know.
    hashes: (row.hashes ?? []).flatMap(({ algorithm, ...hash }) => (isKnown(algorithm) ? [{ algorithm, ...hash }] : [])),
    class: row.class,
    sourceCodes: row.source_codes,
    facts: row.facts ?? {},
    expiresAt: row.expires_at?.toISOString() ?? null,
    updatedAt: row.updated_at.toISOString(),
    isCanary: row.is_canary,
  };
}
