/** Hashes in their simplest form: one in each line, or CSV with their kind, with or without a header. */
import { type ContentClass, contentClasses } from '../domain/list.js';
import { CsvHeader, type CsvRow, csvLine, csvRows } from './csv.js';
import { recordOf } from './csv-records.js';
import { standing, wholeHashes } from './exported.js';
import type { ExportedEntry, Format, ReadItem, SourceFile } from './format.js';
import { algorithmNamed, HashCollector } from './hash-text.js';
import { invalid, listed, readLine } from './record.js';
import { textOf } from './text.js';

const name = 'plain';
const columns = ['hash_type', 'hash_value', 'category', 'series', 'source_ref'];
const algorithms = ['pdq', 'photodna', 'sha256', 'sha1', 'md5', 'blockhash'] as const;
const bare = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{288}|[a-z2-7]{32}|[a-z0-9+/]{192})$/i;

export const plain: Format = {
  name,
  title: 'Plain hashes: lines or CSV',
  carries: { algorithms, fields: ['class', 'series'] },
  detect(head) {
    const line = firstLine(textOf(head));
    if (isHeader(line.split(','))) return !/,grade\b/i.test(line);
    const [kind = '', value] = line.split(',');
    return value === undefined ? bare.test(kind.trim()) : algorithmNamed(kind) !== undefined && bare.test(value.trim());
  },
  read,
  write,
};

function firstLine(text: string): string {
  return text.split(/\r?\n/).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
}

function isHeader(fields: readonly string[]): boolean {
  const [kind = '', value = ''] = fields.map((field) => field.trim().toLowerCase().replaceAll('"', ''));
  return kind === 'hash_type' && value === 'hash_value';
}

async function* read(file: SourceFile): AsyncGenerator<ReadItem[]> {
  let header: CsvHeader | undefined;
  for await (const rows of csvRows(file, name, { comments: true })) {
    const items: ReadItem[] = [];
    for (const row of rows) {
      if (!header && isHeader(row.fields)) header = headerOf(row);
      else if (row.fields.length === 1) items.push(bareItem(row));
      else items.push(header ? recordOf(header, row, { item: itemOf }) : recordWithoutHeader(row));
    }
    if (items.length > 0) yield items;
  }
}

const impliedHeader = new CsvHeader(name, { line: 0, fields: columns });

/** The last columns may be missing. */
function recordWithoutHeader(row: CsvRow): ReadItem {
  return recordOf(impliedHeader, row, { ragged: row.fields.length <= columns.length, item: itemOf });
}

function headerOf(row: CsvRow): CsvHeader {
  const header = new CsvHeader(name, row);
  if (!row.fields.every((column) => columns.includes(column.trim().toLowerCase()))) header.refuse(columns);
  return header;
}

function itemOf(header: CsvHeader, row: CsvRow): ReadItem {
  const field = (column: string) => header.field(row, column);
  const found = new HashCollector();
  const kind = field('hash_type') ?? '';
  const algorithm = algorithmNamed(kind);
  if (algorithm) found.add(algorithm, field('hash_value'));
  else if (/^\w{1,20}$/.test(kind)) found.leaveOut(kind);
  else return invalid({ line: row.line }, `hash_type: expected one of ${algorithms.join(', ')}`);
  const category = readLine(field('category'))?.slice(0, 64);
  const reference = readLine(field('source_ref'));
  return listed({ line: row.line }, found, category === undefined ? [] : [{ scheme: 'category', code: category }], {
    class: contentClasses.find((known) => known === category) ?? null,
    series: readLine(field('series')),
    provenance: reference === null ? {} : { reference },
  });
}

/** 64 digits could be SHA-256, PDQ or blockhash. */
function bareItem(row: CsvRow): ReadItem {
  const [text = ''] = row.fields;
  const found = new HashCollector();
  if (/^[0-9a-f]{64}$/i.test(text)) {
    return invalid({ line: row.line }, '64 digits can be sha256, pdq or blockhash: name it in a column hash_type');
  }
  const length = text.length;
  if (/^[0-9a-f]{32}$/i.test(text)) found.add('md5', text);
  else if (length === 40 || length === 32) found.add('sha1', text);
  else if (length === 288 || length === 192) found.add('photodna', text);
  else return invalid({ line: row.line }, `no hash has ${length} characters`);
  return listed({ line: row.line }, found, []);
}

/** Entries become one row per hash. */
async function* write(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const entry of standing(entries)) {
    const contentClass: ContentClass = entry.class;
    for (const { algorithm, hex } of wholeHashes(entry, algorithms)) {
      yield csvLine([algorithm, hex, contentClass, entry.series ?? '', entry.id]);
    }
  }
}
