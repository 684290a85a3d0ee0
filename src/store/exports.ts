import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../domain/actor.js';
import {
  type DownloadState,
  type Export,
  type ExportReceipt,
  type ExportRequest,
  emptyReceipt,
  exportIdOf,
} from '../domain/export.js';
import { appendAct } from './audit.js';
import { insertCanaries, type NewCanary } from './canaries.js';
import type { Database, Queryable } from './database.js';

interface DownloadRow {
  person: number | null;
  state: DownloadState;
  receipt: ExportReceipt;
  begunAt: string;
  endedAt: string | null;
}

interface ExportRow {
  id: string;
  list: string;
  organisation: string | null;
  person: number | null;
  recipient: string;
  purpose: string;
  format: string;
  scheme: string | null;
  age_key: string | null;
  canaries: number;
  state: Export['stored'];
  made_at: Date;
  confirmed_by: number | null;
  confirmed_at: Date | null;
  downloads: DownloadRow[] | null;
}

const exportColumns = `
  x.id, x.list, x.organisation, x.person, x.recipient, x.purpose, x.format, x.scheme, x.age_key, x.canaries, x.state, x.made_at,
  x.confirmed_by, x.confirmed_at,
  (select json_agg(json_build_object('person', d.person, 'state', d.state, 'receipt', d.receipt, 'begunAt', d.begun_at,
      'endedAt', d.ended_at) order by d.id desc)
    from export_download d where d.export = x.id) as downloads`;

// The lock waits for the deletion of the list, and a deletion for this.
const lockList = 'select id from hash_list where id = $1 and deleted_at is null for share';
const insertExport = `
  insert into export (id, list, organisation, person, recipient, purpose, format, scheme, age_key, canaries, state)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting')`;
const selectExport = `select ${exportColumns} from export x where x.id = $1`;
// The owner of a list sees who takes its hashes out.
const selectExports = `
  select ${exportColumns} from export x
  where x.list = any($1) and ($2::uuid is null or x.id < $2) and ($4 or x.organisation is not distinct from $5 or x.list = any($6))
  order by x.id desc limit $3`;
const confirm = `
  update export set state = 'ready', confirmed_by = $2, confirmed_at = now() where id = $1 and state = 'waiting' returning id`;
const cancel = "update export set state = 'cancelled' where id = $1 and state <> 'cancelled' returning id";
// The lock lets concurrent downloads count each other.
const lockExport = 'select id from export where id = $1 for update';
const countDownloads = 'select count(*)::int as count from export_download where export = $1';
const insertDownload = `
  insert into export_download (id, export, person, state, receipt) values ($1, $2, $3, 'sending', $4)`;
const endDownload = `
  update export_download set state = $2, receipt = $3, ended_at = now() where id = $1 and state = 'sending' returning id`;

export interface ExportFilter {
  readonly lists: readonly string[];
  /** Absent: of all organisations. */
  readonly organisation?: string | null;
  /** Lists of which it sees the exports of others as well. */
  readonly owned: readonly string[];
  readonly before?: string | undefined;
  readonly limit: number;
}

export class ExportStore {
  constructor(private readonly database: Database) {}

  /** Undefined: the list is gone. */
  async ask(request: ExportRequest, actor: Actor): Promise<Export | undefined> {
    const id = uuidv7();
    const { list, recipient, purpose, format, scheme, ageKey, canaries } = request;
    const done = await this.database.transaction(async (tx) => {
      if ((await tx.query(lockList, [list])).length === 0) return false;
      const who = [actor.organisation, actor.person];
      await tx.query(insertExport, [id, list, ...who, recipient, purpose, format, scheme, ageKey, canaries]);
      await note(tx, actor, 'export.ask', { id, ...request });
      return true;
    });
    return done ? this.get(id) : undefined;
  }

  async get(id: string): Promise<Export | undefined> {
    const [row] = await this.database.query<ExportRow>(selectExport, [id]);
    return row && exportOf(row);
  }

  /** Newest first. */
  async page({ lists, organisation, owned, before, limit }: ExportFilter): Promise<Export[]> {
    const values = [lists, before ?? null, limit, organisation === undefined, organisation ?? null, owned];
    return (await this.database.query<ExportRow>(selectExports, values)).map(exportOf);
  }

  /** False: it waits no more, or its list is gone. */
  confirm(one: Export, actor: Actor, canaries: readonly NewCanary[]): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      if ((await tx.query(lockList, [one.list])).length === 0) return false;
      if ((await tx.query(confirm, [one.id, actor.person])).length === 0) return false;
      await insertCanaries(tx, one, actor, canaries);
      await note(tx, actor, 'export.confirm', { ...one, canaries: canaries.length });
      return true;
    });
  }

  /** False: it is cancelled already. */
  cancel(one: Export, actor: Actor): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      if ((await tx.query(cancel, [one.id])).length === 0) return false;
      await note(tx, actor, 'export.cancel', one);
      return true;
    });
  }

  /** The id of the download. Undefined: there were `limit` of them already. */
  beginDownload(one: Export, actor: Actor, limit: number): Promise<string | undefined> {
    return this.database.transaction(async (tx) => {
      await tx.query(lockExport, [one.id]);
      const [row] = await tx.query<{ count: number }>(countDownloads, [one.id]);
      if ((row?.count ?? 0) >= limit) return undefined;
      const id = uuidv7();
      await tx.query(insertDownload, [id, one.id, actor.person, JSON.stringify(emptyReceipt)]);
      await note(tx, actor, 'export.download', one);
      return id;
    });
  }

  async endDownload(
    one: Export,
    download: string,
    state: Exclude<DownloadState, 'sending'>,
    receipt: ExportReceipt,
    actor: Actor,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const ended = await tx.query(endDownload, [download, state, JSON.stringify(receipt)]);
      if (ended.length > 0) await note(tx, actor, state === 'complete' ? 'export.sent' : 'export.broken', one, receipt);
    });
  }
}

async function note(
  tx: Queryable,
  actor: Actor,
  act: string,
  { id, list, format, recipient, purpose, ageKey, canaries }: ExportRequest & { readonly id: string },
  receipt?: ExportReceipt,
): Promise<void> {
  const detail = { list, format, recipient, purpose, encrypted: ageKey !== null, canaries, ...(receipt && { receipt }) };
  await appendAct(tx, { actor, act, subject: exportIdOf(id), detail });
}

function exportOf(row: ExportRow): Export {
  const { id, list, organisation, person, recipient, purpose, format, scheme, canaries } = row;
  return {
    ...{ id, list, organisation, person, recipient, purpose, format, scheme, canaries },
    ageKey: row.age_key,
    stored: row.state,
    confirmedBy: row.confirmed_by,
    madeAt: row.made_at,
    confirmedAt: row.confirmed_at,
    downloads: (row.downloads ?? []).map(({ begunAt, endedAt, ...download }) => ({
      ...download,
      begunAt: new Date(begunAt).toISOString(),
      endedAt: endedAt && new Date(endedAt).toISOString(),
    })),
  };
}
