/** Rows of delimited text, by csv-parse. Its messages quote the row, so only its codes are used. */
import { CsvError, type Options, parse } from 'csv-parse';
import { FormatError, type SourceFile } from './format.js';
import { shownName } from './names.js';
import { maxFieldBytes, textChunks } from './text.js';

export interface CsvRow {
  /** Where the row begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface CsvOptions {
  readonly delimiter?: string;
  /** Lines that begin with # are skipped. */
  readonly comments?: boolean;
  /** The file is ISO-8859-1 and has quotes inside fields. */
  readonly latin1?: boolean;
}

/** All rows with the header first, in batches. Quoted fields may contain line breaks; empty lines are skipped. */
export async function* csvRows(file: SourceFile, format: string, options: CsvOptions = {}): AsyncGenerator<CsvRow[]> {
  let rows: CsvRow[] = [];
  const parser = parse({
    ...parserOptions(options),
    on_record: (fields: string[], { lines }: { readonly lines: number }) => {
      rows.push({ line: lines - breaksIn(fields), fields });
      return null;
    },
  });
  parser.on('error', () => undefined).resume();
  try {
    for await (const text of texts(file, format, options)) {
      await new Promise<void>((resolve, reject) => parser.write(text, (error) => (error ? reject(error) : resolve())));
      if (rows.length > 0) yield rows;
      rows = [];
    }
    await new Promise<void>((resolve, reject) => parser.once('error', reject).once('end', resolve).end());
    if (rows.length > 0) yield rows;
  } catch (error) {
    throw error instanceof CsvError ? refusalOf(error, format, parser.info.lines) : error;
  } finally {
    parser.destroy();
  }
}

function parserOptions({ delimiter = ',', comments = false, latin1 = false }: CsvOptions): Options {
  return {
    delimiter,
    ...(comments && { comment: '#', comment_no_infix: true }),
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: latin1,
    skip_empty_lines: true,
    max_record_size: maxFieldBytes,
  };
}

async function* texts(file: SourceFile, format: string, { latin1 = false }: CsvOptions): AsyncGenerator<string> {
  if (!latin1) {
    for await (const { bytes } of textChunks(file, format)) yield bytes.toString('utf8');
    return;
  }
  for await (const bytes of file.chunks()) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function breaksIn(fields: readonly string[]): number {
  let breaks = 0;
  for (const field of fields) {
    if (!field.includes('\n')) continue;
    breaks += field.split('\n').length - 1;
  }
  return breaks;
}

function refusalOf({ code }: CsvError, format: string, line: number): FormatError {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new FormatError('truncated', format, { line }, 'truncated: a quoted field does not end');
    case 'CSV_MAX_RECORD_SIZE':
      return new FormatError('too_large', format, { line }, `a row is longer than ${maxFieldBytes} characters`);
    default:
      return new FormatError('malformed', format, { line }, 'a quote is where none may be');
  }
}

/** Finds columns by name, without regard to case and spaces around it. */
export class CsvHeader {
  private readonly at = new Map<string, number>();
  private readonly asked = new Map<string, number | undefined>();

  constructor(
    private readonly format: string,
    private readonly row: CsvRow,
  ) {
    for (const [index, column] of row.fields.entries()) {
      const name = column.trim().toLowerCase();
      if (!this.at.has(name)) this.at.set(name, index);
    }
  }

  get width(): number {
    return this.row.fields.length;
  }

  get columns(): readonly string[] {
    return this.row.fields;
  }

  has(column: string): boolean {
    return this.indexOf(column) !== undefined;
  }

  /** Undefined: there is no such column, or the row is too short. */
  field(row: CsvRow, column: string): string | undefined {
    const index = this.indexOf(column);
    return index === undefined ? undefined : row.fields[index];
  }

  /** Asked for every field of every row, so names are put into lower case once. */
  private indexOf(column: string): number | undefined {
    if (!this.asked.has(column)) this.asked.set(column, this.at.get(column.toLowerCase()));
    return this.asked.get(column);
  }

  /** @throws FormatError that names the columns seen and those known */
  refuse(knownColumns: readonly string[]): never {
    const seen = this.columns.slice(0, 30).map((column) => JSON.stringify(shownName(column)));
    const reason = `header: found the columns ${seen.join(', ')}; known are ${knownColumns.join(', ')}`;
    throw new FormatError('header', this.format, { line: this.row.line }, reason);
  }
}

export function csvLine(fields: readonly (string | undefined)[], delimiter = ','): string {
  const quoted = fields.map((field = '') =>
    field.includes(delimiter) || /["\r\n]|^#|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(delimiter)}\n`;
}
