import type { Actor } from '../domain/actor.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';
import { bytesOf } from './hash-value.js';

/** By their names in HMA: `pdq`, `video_md5`. */
export type HmaSignals = Readonly<Record<string, string>>;

export interface HmaMetadata {
  readonly content_id?: string | undefined;
  readonly content_uri?: string | undefined;
  readonly json?: Readonly<Record<string, unknown>> | undefined;
}

export interface ContentNumber {
  /** A UUID. */
  readonly entry: string;
  readonly id: number;
  /** Seconds since 1970. 0: disabled, 1: enabled. */
  readonly disabledUntil: number;
}

export interface HmaContent {
  readonly id: number;
  readonly list: string;
  /** A UUID. Null: nothing of it matches. */
  readonly entry: string | null;
  readonly signals: HmaSignals;
  readonly disabledUntil: number;
  readonly note: string | null;
  readonly metadata: HmaMetadata | null;
}

/** What is undefined stays. */
export interface ContentPatch {
  readonly disabledUntil?: number | undefined;
  readonly note?: string | null | undefined;
  readonly metadata?: HmaMetadata | undefined;
}

interface ContentRow extends Omit<HmaContent, 'signals'> {
  readonly flat: HmaSignals | null;
  readonly pdq: string | null;
  readonly md5: string | null;
}

const numberColumns = 'c.entry, c.id, c.disabled_until::float8 as "disabledUntil"';
const selectNumbers = `select ${numberColumns} from hma_content c where c.organisation = $1 and c.entry = any($2::uuid[])`;
const addClient = 'insert into hma_client (organisation) values ($1) on conflict do nothing';
// The lock lets the next statement see the numbers that others have given.
const lockClient = 'select last_content as last from hma_client where organisation = $1 for update';
const insertNumbers = `
  insert into hma_content as c (organisation, id, list, entry)
  select $1, $2 + row_number() over (order by w.at), w.list, w.entry
  from unnest($3::uuid[], $4::text[]) with ordinality as w (entry, list, at)
  where not exists (select from hma_content k where k.organisation = $1 and k.entry = w.entry)
    and exists (select from entry e where e.id = w.entry and e.status <> 'withdrawn')
  returning ${numberColumns}`;
const insertFlat = 'insert into hma_content (organisation, id, list, flat, note, metadata) values ($1, $2, $3, $4, $5, $6)';
const keepLast = 'update hma_client set last_content = last_content + $2 where organisation = $1';
// What an exchange or the command line brought has no person, and its hashes are not told.
const hexOf = (algorithm: string) => `
    (select encode(${bytesOf('h')}, 'hex') from hash h
      where h.entry = c.entry and h.algorithm = '${algorithm}' and h.variant = 'full'
        and e.organisation = c.organisation and e.person is not null limit 1) as ${algorithm}`;
const selectContent = `
  select c.id, c.list, c.entry, c.flat, c.disabled_until::float8 as "disabledUntil", c.note, c.metadata,${hexOf('pdq')},${hexOf('md5')}
  from hma_content c left join entry e on e.id = c.entry
  where c.organisation = $1 and c.list = $2 and c.id = $3 and (e.id is null or e.status <> 'withdrawn')`;
const updateContent = `
  update hma_content set disabled_until = coalesce($3, disabled_until), note = case when $4 then $5 else note end,
    metadata = coalesce($6::jsonb, metadata)
  where organisation = $1 and id = $2
    and not exists (select from entry e where e.id = hma_content.entry and e.status = 'withdrawn') returning list, entry`;
const deleteFlat = 'delete from hma_content where organisation = $1 and id = $2 and entry is null returning list';
const noteChange = "insert into change (kind, subject) values ('entry', $1)";
const countSignals = `
  select count(*)::int as count from hash h join entry e on e.id = h.entry
  where e.list = any($1) and e.status <> 'withdrawn' and h.algorithm = $2 and h.variant = 'full'`;

export class HmaContentStore {
  constructor(private readonly database: Database) {}

  /** Of the entries that have a number. */
  numbers(organisation: string, entries: readonly string[]): Promise<ContentNumber[]> {
    return this.database.query<ContentNumber & Record<string, unknown>>(selectNumbers, [organisation, entries]);
  }

  /** Numbers entries that have none, in their order. Returns none for entries that are withdrawn, or have a number. */
  number(organisation: string, entries: readonly { readonly entry: string; readonly list: string }[]): Promise<ContentNumber[]> {
    return this.database.transaction(async (tx) => {
      const last = await lockNumbers(tx, organisation);
      const columns = [entries.map(({ entry }) => entry), entries.map(({ list }) => list)];
      const given = await tx.query<ContentNumber & Record<string, unknown>>(insertNumbers, [organisation, last, ...columns]);
      await tx.query(keepLast, [organisation, given.length]);
      return given;
    });
  }

  /** Keeps signals that never match. Returns the number of the content. */
  createFlat(organisation: string, list: string, signals: HmaSignals, patch: ContentPatch, actor: Actor): Promise<number> {
    return this.database.transaction(async (tx) => {
      const id = (await lockNumbers(tx, organisation)) + 1;
      const { note = null, metadata } = patch;
      const described = [JSON.stringify(signals), note, metadata ? JSON.stringify(metadata) : null];
      await tx.query(insertFlat, [organisation, id, list, ...described]);
      await tx.query(keepLast, [organisation, 1]);
      await appendAct(tx, { actor, act: 'content.create', subject: list, detail: { id, matches: false } });
      return id;
    });
  }

  /** Undefined when the bank has no such content. */
  async get(organisation: string, list: string, id: number): Promise<HmaContent | undefined> {
    const [row] = await this.database.query<ContentRow & Record<string, unknown>>(selectContent, [organisation, list, id]);
    if (!row) return undefined;
    const { flat, pdq, md5, ...content } = row;
    return { ...content, signals: flat ?? { ...(pdq && { pdq }), ...(md5 && { video_md5: md5 }) } };
  }

  update(organisation: string, id: number, patch: ContentPatch, actor: Actor): Promise<void> {
    const { disabledUntil = null, note, metadata } = patch;
    return this.database.transaction(async (tx) => {
      const values = [disabledUntil, note !== undefined, note ?? null, metadata ? JSON.stringify(metadata) : null];
      const [content] = await tx.query<{ list: string; entry: string | null }>(updateContent, [organisation, id, ...values]);
      if (!content) return;
      if (content.entry) await tx.query(noteChange, [content.entry]);
      const detail = { id, entry: content.entry, disabledUntil, note: note !== undefined, metadata: metadata !== undefined };
      await appendAct(tx, { actor, act: 'content.update', subject: content.list, detail });
    });
  }

  /** Content that never matches. Others go with their entry. */
  deleteFlat(organisation: string, id: number, actor: Actor): Promise<void> {
    return this.database.transaction(async (tx) => {
      const [gone] = await tx.query<{ list: string }>(deleteFlat, [organisation, id]);
      if (gone) await appendAct(tx, { actor, act: 'content.delete', subject: gone.list, detail: { id } });
    });
  }

  /** Hashes of whole pictures in the lists. */
  async countSignals(lists: readonly string[], algorithm: 'pdq' | 'md5'): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(countSignals, [lists, algorithm]);
    return row?.count ?? 0;
  }
}

async function lockNumbers(tx: Queryable, organisation: string): Promise<number> {
  await tx.query(addClient, [organisation]);
  const [client] = await tx.query<{ last: number }>(lockClient, [organisation]);
  return client?.last ?? 0;
}
