/** The SQLite database of the NIST Reference Data Set, version 3. */
import { open, stat } from 'node:fs/promises';
import type { Database } from 'node-sqlite3-wasm';
import { type Format, FormatError, type ReadItem, type SourceFile } from './format.js';
import { HashCollector } from './hash-text.js';
import { listed } from './record.js';

const name = 'nsrl-sqlite';
const magic = 'SQLite format 3\0';
const hashColumns = ['sha256', 'sha1', 'md5'] as const;
const batchRows = 2_000;

export const nsrlSqlite: Format = {
  name,
  title: 'NSRL RDS 3 SQLite',
  carries: { algorithms: hashColumns, fields: ['sourceCodes'], schemes: ['nsrl'] },
  detect: (head) => Buffer.from(head.subarray(0, magic.length)).toString('latin1') === magic,
  read,
};

async function* read({ path }: SourceFile): AsyncGenerator<ReadItem[]> {
  if (path === null) throw new FormatError('container', name, null, 'is inside an archive: unpack it first');
  await assertComplete(path);
  const database = await openDatabase(path);
  try {
    yield* rowsOf(database);
  } finally {
    database.close();
  }
}

async function openDatabase(path: string): Promise<Database> {
  // Only those who read NSRL wait until this is compiled. It is CommonJS, so Node offers its names on `default` only.
  const { default: sqlite } = await import('node-sqlite3-wasm');
  try {
    return new sqlite.Database(path, { fileMustExist: true, readOnly: true });
  } catch (error) {
    throw refusalOf(error);
  }
}

function* rowsOf(database: Database): Generator<ReadItem[]> {
  const columns = columnsOf(database);
  // No "order by" and no "distinct": both would sort a hundred million rows.
  const statement = prepare(database, `select ${columns.join(', ')} from FILE`);
  let items: ReadItem[] = [];
  let row = 0;
  try {
    for (const values of statement.iterate()) {
      items.push(itemOf(values, columns, ++row));
      if (items.length < batchRows) continue;
      yield items;
      items = [];
    }
    if (items.length > 0) yield items;
  } catch (error) {
    throw refusalOf(error);
  } finally {
    statement.finalize();
  }
}

function columnsOf(database: Database): readonly (typeof hashColumns)[number][] {
  const info = prepare(database, 'select name from pragma_table_info(?)');
  const seen = info.all(['FILE']).map(({ name: column }) => String(column).toLowerCase());
  info.finalize();
  const found = hashColumns.filter((column) => seen.includes(column));
  if (found.length > 0) return found;
  const reason = seen.length === 0 ? 'has no table FILE' : `its table FILE has the columns ${seen.slice(0, 30).join(', ')}`;
  throw new FormatError('header', name, null, `${reason}; expected FILE with ${hashColumns.join(', ')}`);
}

function prepare(database: Database, sql: string): ReturnType<Database['prepare']> {
  try {
    return database.prepare(sql);
  } catch (error) {
    throw refusalOf(error);
  }
}

function itemOf(values: object, columns: readonly (typeof hashColumns)[number][], row: number): ReadItem {
  const found = new HashCollector();
  const byName = new Map(Object.entries(values).map(([column, value]) => [column.toLowerCase(), value]));
  for (const column of columns) found.add(column, byName.get(column));
  return listed({ row }, found, [{ scheme: 'nsrl', code: 'known' }]);
}

/** SQLite would read the first part of a truncated database as if nothing were missing. Header fields: sqlite.org/fileformat2.html */
async function assertComplete(path: string): Promise<void> {
  const { size } = await stat(path);
  const handle = await open(path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(100), 0, 100, 0).finally(() => handle.close());
  const pageSize = buffer.readUInt16BE(16) === 1 ? 65_536 : buffer.readUInt16BE(16);
  const expected = pageSize * buffer.readUInt32BE(28);
  if (bytesRead < 100 || size < expected) {
    throw new FormatError('truncated', name, { byte: size }, `truncated: expected ${expected} bytes, got ${size}`);
  }
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error) || !error.name.startsWith('SQLite')) return error;
  // The library locks a database by a folder beside it, also for reading.
  const locked = /locked|i\/o/i.test(error.message);
  const reason = locked
    ? 'cannot be locked: its folder is read-only, or a folder with its name and .lock is left over'
    : 'the SQLite database is damaged or of another application';
  return new FormatError(locked ? 'container' : 'malformed', name, null, reason);
}
