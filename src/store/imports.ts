import type { Actor } from '../domain/actor.js';
import type { Import, ImportReport, ImportState } from '../domain/import.js';
import { copyJson, copyNull, copyText, copyWords } from './copy-rows.js';
import type { Database } from './database.js';
import { sqlState } from './database-errors.js';
import { manyRecords, ownClaims, ownClaimsOfMany } from './own-claims.js';

/** One record of a file, as it waits for the end of the reading. */
export interface StagedRecord {
  readonly number: number;
  /** The UUID of the entry that it becomes if the list does not hold its content. Null: the source withdraws the record. */
  readonly entry: string | null;
  readonly sourceId: string;
  /** Hex, 32 bytes. */
  readonly identity: string | null;
  /** Null: the list's class. */
  readonly class: string | null;
  readonly status: 'draft' | 'verified';
  readonly peopleRequired: number;
  readonly sourceCodes: readonly unknown[];
  readonly series: string | null;
  readonly synthetic: boolean;
  readonly provenance: object;
  readonly facts: object;
  readonly expiresAt: string | null;
  readonly quality: number | null;
  readonly algorithms: readonly string[];
  readonly variants: readonly string[];
  readonly hexes: readonly string[];
  readonly qualities: readonly (number | null)[];
  /** Keyed hashes of the hashes, hex: the list refuses withdrawn ones. */
  readonly marks: readonly string[];
}

/** Of an import that an exchange makes. */
export interface FetchedBy {
  readonly exchange: string;
  /** Of the exchange when the fetching began. */
  readonly generation: number;
}

export interface NewImport {
  readonly fetchedBy?: FetchedBy;
  readonly id: string;
  readonly list: string;
  readonly source: string;
  readonly file: string;
  readonly replaces: boolean;
  readonly dry: boolean;
  readonly worker: string;
}

/** What the staged records would do to their list. */
export interface Effect {
  readonly new: number;
  readonly known: number;
  readonly changed: number;
  readonly repeated: number;
  readonly withdrawnBefore: number;
  /** Claims of the source that the import ends: withdrawn by the source, replaced, or absent from a file that replaces the list. */
  readonly ended: number;
}

interface ImportRow {
  id: string;
  list: string;
  organisation: string | null;
  person: number | null;
  source: string;
  exchange: string | null;
  format: string | null;
  file: string;
  replaces: boolean;
  dry: boolean;
  state: ImportState;
  worker: string;
  promoted_to: number;
  report: ImportReport;
  failure: string | null;
  made_at: Date;
  heard_at: Date;
  ended_at: Date | null;
}

const importColumns =
  'id, list, organisation, person, source, exchange, format, file, replaces, dry, state, worker, promoted_to, report, failure, made_at, heard_at, ended_at';

const insertImport = `
  insert into import (id, list, organisation, person, source, file, replaces, dry, worker, report, exchange, generation, state)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'reading')`;
const selectImport = `select ${importColumns} from import where id = $1`;
const selectImports = `
  select ${importColumns} from import
  where list = any($1) and ($2::uuid is null or id < $2) and ($4 or organisation is not distinct from $5)
  order by id desc limit $3`;
const selectNewer = `
  select exists (
    select from import where list = $1 and organisation is not distinct from $2 and source = $3 and id > $4 and state = 'promoted'
  ) as present`;
// A cancelled import stays cancelled.
const updateProgress = `
  update import set report = $2, format = $3, heard_at = now() where id = $1 and state in ('reading', 'promoting') returning state`;
const updateState = `
  update import set state = $2, report = $3, failure = $4, heard_at = now(),
    ended_at = case when $2 in ('promoted', 'checked', 'failed', 'cancelled') then now() end
  where id = $1 and state = any($5) returning id`;
const begin = `
  with one as (
    select i.id, i.exchange is null or x.id is not null as current from import i
    left join exchange x on x.id = i.exchange and x.list = i.list and x.generation = i.generation
    where i.id = $1
  ), begun as (
    update import i set state = 'promoting', report = $2, failure = null, heard_at = now(), ended_at = null
    from one where i.id = one.id and one.current and i.state in ('reading', 'waiting') returning i.id
  )
  select one.current, exists (select from begun) as begun from one`;
const takeOver = `update import set worker = $2, heard_at = now() where id = $1 and state = 'promoting' and worker = $3 returning id`;
const hear = 'update import set heard_at = now() where id = $1';
const selectOpen = `select ${importColumns} from import where state in ('reading', 'waiting', 'promoting') order by id`;
const forgetRecords = `
  delete from import_record where ctid = any(array(select ctid from import_record where import = $1 limit $2)) returning 1`;

const copyRecords = `
  copy import_record (import, number, entry, source_id, identity, class, status, people_required, source_codes, series, synthetic,
    provenance, facts, expires_at, quality, algorithms, variants, hexes, qualities, marks) from stdin`;
// The embedded database has no COPY.
const insertRecords = `
  insert into import_record (import, number, entry, source_id, identity, class, status, people_required, source_codes, series, synthetic,
    provenance, facts, expires_at, quality, algorithms, variants, hexes, qualities, marks)
  select $1, r.number, r.entry, r."sourceId", decode(r.identity, 'hex'), r.class, r.status, r."peopleRequired", r."sourceCodes", r.series,
    r.synthetic, r.provenance, r.facts, r."expiresAt", r.quality, r.algorithms, r.variants, r.hexes, r.qualities, r.marks
  from json_to_recordset($2::json) as r (number int, entry uuid, "sourceId" text, identity text, class text, status text,
    "peopleRequired" int2, "sourceCodes" jsonb, series text, synthetic boolean, provenance jsonb, facts jsonb, "expiresAt" timestamptz,
    quality int2, algorithms text[], variants text[], hexes text[], qualities int2[], marks text[])`;

const isMarked = `
  exists (select from tombstone_mark t where t.list = $2 and t.mark = any(array(select decode(m, 'hex') from unnest(r.marks) m)))`;
// The first of several records with one id counts.
const firstOfEach = 'select distinct on (source_id) * from import_record where import = $1 order by source_id, number';

const selectEffect = (own: string) => `
  with record as materialized (${firstOfEach}),
  own as materialized (${own}),
  judged as materialized (
    select r.number, r.source_id, r.entry as new_entry, r.identity, e.id as standing, own.entry as claimed, own.id as claim,
      ${isMarked} as marked
    from record r
    left join entry e on r.entry is not null and e.list = $2 and e.identity = r.identity and e.status <> 'withdrawn'
    left join own on own.source_id = r.source_id
  )
  select
    (select count(*)::int from judged where new_entry is not null and standing is null and claim is null and not marked) as new,
    (select count(*)::int from judged where standing is not null and (claim is null or claimed = standing)) as known,
    (select count(*)::int from judged
      where new_entry is not null and not marked and claim is not null and claimed is distinct from standing) as changed,
    (select count(*)::int from judged where new_entry is not null and standing is null and marked) as "withdrawnBefore",
    (select count(*)::int from import_record where import = $1) - (select count(*)::int from record) as repeated,
    (select count(*)::int from judged where new_entry is null and claim is not null)
      + (select count(*)::int from judged where new_entry is not null and claim is not null and claimed is distinct from standing)
      + (select case when $5 then count(*)::int else 0 end from own where source_id not in (select source_id from record)) as ended`;

const longWork = 0;
const uniqueViolation = '23505';

export class ImportStore {
  constructor(private readonly database: Database) {}

  async begin(given: NewImport, actor: Pick<Actor, 'organisation' | 'person'>, report: ImportReport): Promise<void> {
    const { id, list, source, file, replaces, dry, worker, fetchedBy } = given;
    const who = [actor.organisation, actor.person];
    const by = [fetchedBy?.exchange ?? null, fetchedBy?.generation ?? null];
    await this.database.query(insertImport, [
      ...[id, list, ...who, source, file, replaces, dry, worker, JSON.stringify(report)],
      ...by,
    ]);
  }

  async get(id: string): Promise<Import | undefined> {
    const [row] = await this.database.query<ImportRow>(selectImport, [id]);
    return row && importOf(row);
  }

  /** Newest first. @param of absent: of all organisations */
  async page(
    lists: readonly string[],
    of: Pick<Import, 'organisation'> | undefined,
    before: string | undefined,
    limit: number,
  ): Promise<Import[]> {
    const values = [lists, before ?? null, limit, of === undefined, of?.organisation ?? null];
    return (await this.database.query<ImportRow>(selectImports, values)).map(importOf);
  }

  /** A file of the source that was imported later would be undone. */
  async isOutdated({ id, list, organisation, source }: Import): Promise<boolean> {
    const [row] = await this.database.query<{ present: boolean }>(selectNewer, [list, organisation, source, id]);
    return row?.present ?? false;
  }

  /** Those that are not ended. */
  async open(): Promise<Import[]> {
    return (await this.database.query<ImportRow>(selectOpen)).map(importOf);
  }

  async stage(id: string, records: readonly StagedRecord[]): Promise<void> {
    if (this.database.embedded) await this.database.query(insertRecords, [id, JSON.stringify(records)]);
    else await this.database.copyIn(copyRecords, records.map((record) => rowOf(id, record)).join(''));
  }

  /** Shows others that the process lives. */
  async hear(id: string): Promise<void> {
    await this.database.query(hear, [id]);
  }

  /** False: it was cancelled, or another process ended it. */
  async tell(id: string, report: ImportReport, format: string): Promise<boolean> {
    const rows = await this.database.query(updateProgress, [id, JSON.stringify(report), format]);
    return rows.length > 0;
  }

  /** False: it was in none of the states `from`. */
  async moveTo(
    id: string,
    state: ImportState,
    report: ImportReport,
    from: readonly ImportState[],
    failure: string | null = null,
  ): Promise<boolean> {
    const rows = await this.database.query(updateState, [id, state, JSON.stringify(report), failure, from]);
    return rows.length > 0;
  }

  /**
   * `gone`: it is neither reading nor waiting. `busy`: another import of its source is being promoted. `outdated`: the exchange was
   * changed, or fetched by another node.
   */
  async beginPromotion(id: string, report: ImportReport): Promise<'begun' | 'gone' | 'busy' | 'outdated'> {
    try {
      const [row] = await this.database.query<{ current: boolean; begun: boolean }>(begin, [id, JSON.stringify(report)]);
      if (row && !row.current) return 'outdated';
      return row?.begun ? 'begun' : 'gone';
    } catch (error) {
      if (sqlState(error) === uniqueViolation) return 'busy';
      throw error;
    }
  }

  async effect({ id, list, organisation, source, replaces, report }: Import): Promise<Effect> {
    const [row] = await this.database.query<Effect & Record<string, unknown>>(
      selectEffect(report.records > manyRecords ? ownClaimsOfMany : ownClaims),
      [id, list, organisation, source, replaces],
      longWork,
    );
    if (!row) throw new Error('counting the records of an import gave no row');
    return row;
  }

  /** True: this process goes on with the promotion that `from` began. */
  async takeOver(id: string, worker: string, from: string): Promise<boolean> {
    return (await this.database.query(takeOver, [id, worker, from])).length > 0;
  }

  /** A few at a time: nobody waits long for the embedded database. */
  async forgetRecords(id: string, atOnce = 20_000): Promise<void> {
    for (let count = atOnce; count === atOnce; ) {
      count = (await this.database.query(forgetRecords, [id, atOnce], longWork)).length;
    }
  }
}

/** In the order of `copyRecords`. Names of algorithms and variants, and hex, need no escape. */
function rowOf(id: string, one: StagedRecord): string {
  const identity = one.identity === null ? copyNull : `\\\\x${one.identity}`;
  const { provenance, facts, sourceCodes } = one;
  return `${id}\t${one.number}\t${one.entry ?? copyNull}\t${copyText(one.sourceId)}\t${identity}\t${one.class ?? copyNull}\t${one.status}\t${
    one.peopleRequired
  }\t${copyJson(sourceCodes)}\t${copyText(one.series)}\t${one.synthetic}\t${copyJson(provenance)}\t${copyJson(facts)}\t${
    one.expiresAt ?? copyNull
  }\t${one.quality ?? copyNull}\t${copyWords(one.algorithms)}\t${copyWords(one.variants)}\t${copyWords(one.hexes)}\t${copyWords(
    one.qualities,
  )}\t${copyWords(one.marks)}\n`;
}

function importOf(row: ImportRow): Import {
  const { id, list, organisation, person, source, exchange, format, file, replaces, dry, state, worker, report, failure } = row;
  return {
    ...{ id, list, organisation, person, source, exchange, format, file, replaces, dry, state, worker, report, failure },
    promotedTo: row.promoted_to,
    madeAt: row.made_at.toISOString(),
    heardAt: row.heard_at,
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
