/** CSV as IPED imports it: hash columns named by algorithm, `status` and `set`. */
import { type CsvHeader, type CsvRow, csvLine } from './csv.js';
import { csvRecords } from './csv-records.js';
import { codeIn, standing, wholeHashes } from './exported.js';
import type { ExportedEntry, Format, ReadItem, SourceFile } from './format.js';
import { HashCollector } from './hash-text.js';
import { listed, readLine } from './record.js';
import { textOf } from './text.js';

const name = 'iped';
const hashColumns = ['md5', 'sha1', 'sha256', 'photodna'] as const;
const otherHashColumns = ['edonkey', 'sha512', 'sha-512', 'md5_512', 'md5_64k'];
const knownColumns = [...hashColumns, ...otherHashColumns, 'status', 'set'];

export const iped: Format = {
  name,
  title: 'IPED CSV',
  carries: { algorithms: hashColumns, fields: ['sourceCodes', 'series'], schemes: ['iped'] },
  detect(head) {
    const header = columnsOf(textOf(head).split('\n')[0] ?? '');
    const hasHash = hashColumns.some((column) => header.includes(column));
    return hasHash && (header.includes('status') || header.includes('set'));
  },
  read,
  write,
};

function columnsOf(line: string): string[] {
  return line.split(',').map((column) => column.trim().replaceAll('"', '').toLowerCase());
}

function read(file: SourceFile): AsyncIterable<ReadItem[]> {
  return csvRecords(file, { format: name, required: [], anyOf: hashColumns, known: knownColumns, item: itemOf });
}

/** `known` and `pedo` have no class: IPED gives `known` to VICS 0, and `pedo` to borderline material. */
function itemOf(header: CsvHeader, row: CsvRow): ReadItem {
  const found = new HashCollector();
  for (const column of hashColumns) found.add(column, header.field(row, column));
  for (const column of otherHashColumns) if (header.field(row, column)) found.leaveOut(column);
  const status = readLine(header.field(row, 'status'))?.slice(0, 64);
  const codes = status === undefined ? [] : [{ scheme: 'iped', code: status }];
  return listed({ line: row.line }, found, codes, { series: readLine(header.field(row, 'set')) });
}

/** For entries without a code of IPED. */
function statusOf({ class: contentClass }: ExportedEntry): string {
  if (contentClass === 'known_good') return 'known';
  return contentClass.startsWith('csam') ? 'pedo' : 'alert';
}

async function* write(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<string> {
  yield csvLine([...hashColumns, 'status', 'set']);
  for await (const entry of standing(entries)) {
    const hashes = wholeHashes(entry, hashColumns);
    if (hashes.length === 0) continue;
    const hex = hashColumns.map((column) => hashes.find(({ algorithm }) => algorithm === column)?.hex.toUpperCase());
    const status = codeIn(entry, name) ?? statusOf(entry);
    yield csvLine([...hex, status, entry.series ?? '']);
  }
}
