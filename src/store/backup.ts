/**
 * Backup and restore by SQL alone, for PostgreSQL and for the embedded database.
 *
 * A backup is lines of JSON: a header, each row as {table, row}, and a trailer with the number of rows and the state of the sequences,
 * because ordinals are never reused.
 */
import { z } from 'zod';
import { bindToKey } from './data-key-binding.js';
import type { Database, Queryable } from './database.js';
import { dropNearIndex } from './near-index.js';
import { type WithdrawalEvent, withdrawRestored } from './withdrawals.js';

/**
 * In the order of their references. Changes are absent because a restored database starts a new feed, recent queries, match
 * counts, used quotas, probes, wrong tries and the reports of nodes because they expire in a few days. Imports are absent because their
 * files are gone, the marks of StopNCII's wire because they belong to the feed, and sessions because a restored database must open
 * nothing by itself. Leases of entries last ten minutes.
 */
const tables = [
  'installation',
  'organisation',
  'person',
  'api_key',
  'hash_list',
  'list_grant',
  'list_version',
  'exchange',
  'entry',
  'claim',
  'confirmation',
  'entry_event',
  'hash',
  'tombstone',
  'tombstone_mark',
  'help_case',
  'help_case_file',
  'help_case_verdict',
  'verdict',
  'feedback',
  'exchange_feedback',
  'demand',
  'export',
  'export_download',
  'canary',
  'hma_bank',
  'hma_client',
  'hma_credentials',
  'hma_content',
  'job_run',
  'act',
  'act_pending',
  'act_seal',
] as const;
const sequences = { person: 'id', entry_event: 'id', hash: 'ordinal', job_run: 'id', act: 'id' } as const;
const rowsAtOnce = 1_000;

const header = z.strictObject({
  format: z.literal('vigie-backup'),
  version: z.literal(1),
  schema: z.array(z.string()),
  createdAt: z.string(),
});
const rowLine = z.strictObject({ table: z.enum(tables), row: z.record(z.string(), z.unknown()) });
const trailer = z.strictObject({ rows: z.number(), sequences: z.record(z.string(), z.number()) });

export class BackupError extends Error {
  override readonly name = 'BackupError';
}

const selectSchema = 'select name from migration order by id';
const snapshot = 'begin isolation level repeatable read read only';
const isUsed = 'select exists (select from organisation) or exists (select from hash_list) or exists (select from act) as used';
const newFeed = "update feed set epoch = gen_random_uuid(), pruned_xid = '0'";

/** Reads everything in one transaction. On the embedded database all other clients would wait: give it a copy (`embedded-copy.ts`). */
export async function backup(database: Database, write: (line: string, rows: number) => Promise<void>): Promise<number> {
  return database.transaction(
    async (tx) => {
      const schema = (await tx.query<{ name: string }>(selectSchema)).map(({ name }) => name);
      await write(JSON.stringify({ format: 'vigie-backup', version: 1, schema, createdAt: new Date().toISOString() }), 0);
      let rows = 0;
      for (const table of tables) {
        for await (const row of readTable(tx, table)) await write(`{"table":"${table}","row":${row}}`, ++rows);
      }
      await write(JSON.stringify({ rows, sequences: await readSequences(tx) }), rows);
      return rows;
    },
    snapshot,
    0,
  );
}

async function* readTable(tx: Queryable, table: (typeof tables)[number]): AsyncGenerator<string> {
  await tx.query(`declare rows cursor for select row_to_json(t)::text as row from ${table} t`);
  for (;;) {
    const page = await tx.query<{ row: string }>(`fetch ${rowsAtOnce} from rows`);
    for (const { row } of page) yield row;
    if (page.length < rowsAtOnce) break;
  }
  await tx.query('close rows');
}

async function readSequences(tx: Queryable): Promise<Record<string, number>> {
  const last: Record<string, number> = {};
  for (const [table, column] of Object.entries(sequences)) {
    const [name] = await tx.query<{ name: string }>('select pg_get_serial_sequence($1, $2) as name', [table, column]);
    const [row] = await tx.query<{ last: number }>(
      `select case when is_called then last_value::int else 0 end as last from ${name?.name}`,
    );
    last[table] = row?.last ?? 0;
  }
  return last;
}

export interface RestoreOptions {
  /** Of the data key. */
  readonly fingerprint: Uint8Array;
  /** Made after the backup. */
  readonly withdrawals?: readonly WithdrawalEvent[] | undefined;
}

export interface Restored {
  readonly rows: number;
  /** Entries of the backup that were withdrawn later. */
  readonly withdrawn: number;
}

/**
 * Fills an empty database, all or nothing. A new feed makes every node load everything again.
 *
 * @throws BackupError for a database that is not empty, another data key, another schema, or a damaged backup.
 */
export async function restore(
  database: Database,
  lines: AsyncIterable<string>,
  onRows: (rows: number) => void,
  { fingerprint, withdrawals = [] }: RestoreOptions,
): Promise<Restored> {
  const [state] = await database.query<{ used: boolean }>(isUsed);
  if (state?.used) {
    throw new BackupError('the database is not empty: restore into an empty database or an empty VIGIE_DATA_DIR');
  }
  await dropNearIndex(database);
  return database.transaction(
    async (tx) => {
      await tx.query('delete from installation');
      const rows = await readNdjson(tx, lines, onRows);
      await checkKey(tx, fingerprint);
      const withdrawn = await withdrawRestored(tx, withdrawals);
      await tx.query('delete from change');
      await tx.query(newFeed);
      return { rows, withdrawn };
    },
    'begin',
    0,
  );
}

async function checkKey(tx: Queryable, fingerprint: Uint8Array): Promise<void> {
  if (await bindToKey(tx, fingerprint)) return;
  throw new BackupError(
    'the backup was written with another data key: set VIGIE_DATA_KEY to that key, or copy its secret.key into VIGIE_DATA_DIR',
  );
}

async function readNdjson(tx: Queryable, lines: AsyncIterable<string>, onRows: (rows: number) => void): Promise<number> {
  let rows = 0;
  let first = true;
  let pending: { table: string; rows: unknown[] } = { table: '', rows: [] };
  for await (const line of lines) {
    const parsed = parseLine(line);
    if (first) await checkHeader(tx, parsed);
    else if (isTrailer(parsed)) {
      await insertRows(tx, pending.table, pending.rows);
      return finish(tx, parsed, rows);
    } else {
      const { table, row } = rowOf(parsed);
      if (pending.table !== table || pending.rows.length >= rowsAtOnce) {
        await insertRows(tx, pending.table, pending.rows);
        pending = { table, rows: [] };
        onRows(rows);
      }
      pending.rows.push(row);
      rows++;
    }
    first = false;
  }
  throw new BackupError(`the backup ends after ${rows} rows without its last line: use a complete backup`);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new BackupError('this is not a Vigie backup: a line is not JSON');
  }
}

async function checkHeader(tx: Queryable, line: unknown): Promise<void> {
  const parsed = header.safeParse(line);
  if (!parsed.success)
    throw new BackupError('this is not a Vigie backup, or it is from a later version: its first line is unknown');
  const schema = (await tx.query<{ name: string }>(selectSchema)).map(({ name }) => name);
  if (schema.join() !== parsed.data.schema.join()) {
    throw new BackupError(
      `the backup has schema ${parsed.data.schema.at(-1)}, but this code has ${schema.at(-1)}: restore with the version that wrote it`,
    );
  }
}

function isTrailer(line: unknown): boolean {
  return typeof line === 'object' && line !== null && 'sequences' in line;
}

function rowOf(line: unknown): z.output<typeof rowLine> {
  const parsed = rowLine.safeParse(line);
  if (!parsed.success) throw new BackupError('the backup is damaged: it has a row of an unknown table');
  return parsed.data;
}

async function insertRows(tx: Queryable, table: string, rows: readonly unknown[]): Promise<void> {
  if (rows.length === 0) return;
  const insert = `insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1::json)`;
  await tx.query(insert, [JSON.stringify(rows)]);
}

async function finish(tx: Queryable, line: unknown, rows: number): Promise<number> {
  const parsed = trailer.safeParse(line);
  if (!parsed.success) throw new BackupError('the backup is damaged: its last line is unknown');
  const { rows: expected, sequences: last } = parsed.data;
  if (rows !== expected) throw new BackupError(`the backup is damaged: it should have ${expected} rows, but has ${rows}`);
  for (const [table, column] of Object.entries(sequences)) {
    const value = last[table] ?? 0;
    if (value > 0) await tx.query('select setval(pg_get_serial_sequence($1, $2), $3)', [table, column, value]);
  }
  return rows;
}
