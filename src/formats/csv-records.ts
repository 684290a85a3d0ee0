import { CsvHeader, type CsvOptions, type CsvRow, csvRows } from './csv.js';
import type { ReadItem, SourceFile } from './format.js';
import { invalid } from './record.js';

export interface CsvRecordOptions {
  readonly format: string;
  readonly csv?: CsvOptions;
  /** Without one of these columns the file is refused. */
  readonly required: readonly string[];
  /** The file is refused if it has none of these. */
  readonly anyOf?: readonly string[];
  /** For the message of that refusal. */
  readonly known: readonly string[];
  /** True: rows may have another number of fields than the header. */
  readonly ragged?: boolean;
  item(header: CsvHeader, row: CsvRow): ReadItem;
}

/** The records of a CSV file with a header. */
export async function* csvRecords(file: SourceFile, options: CsvRecordOptions): AsyncGenerator<ReadItem[]> {
  let header: CsvHeader | undefined;
  for await (const rows of csvRows(file, options.format, options.csv)) {
    const items: ReadItem[] = [];
    for (const row of rows) {
      if (header) items.push(recordOf(header, row, options));
      else header = headerOf(row, options);
    }
    if (items.length > 0) yield items;
  }
  if (!header) headerOf({ line: 1, fields: [] }, options);
}

function headerOf(row: CsvRow, { format, required, anyOf, known }: CsvRecordOptions): CsvHeader {
  const header = new CsvHeader(format, row);
  const complete = required.every((column) => header.has(column)) && (anyOf?.some((column) => header.has(column)) ?? true);
  if (!complete) header.refuse(known);
  return header;
}

export function recordOf(
  header: CsvHeader,
  row: CsvRow,
  { ragged = false, item }: Pick<CsvRecordOptions, 'ragged' | 'item'>,
): ReadItem {
  if (ragged || row.fields.length === header.width) return item(header, row);
  return invalid({ line: row.line }, `has ${row.fields.length} fields, the header has ${header.width}`);
}
