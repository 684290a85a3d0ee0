/** A neutral CSV for hash lists with grades, ages and jurisdictions, such as that of the IWF, which has no public file format. */
import type { SourceCode } from '../domain/entry.js';
import { type CsvHeader, type CsvRow, csvLine } from './csv.js';
import { csvRecords } from './csv-records.js';
import { dayOf } from './dates.js';
import { codeIn, standing, wholeHashes } from './exported.js';
import type { ExportedEntry, Format, ReadItem } from './format.js';
import { algorithmNamed, HashCollector } from './hash-text.js';
import { invalid, known, listed, readFlag, readLine } from './record.js';
import { textOf } from './text.js';

const name = 'neutral';
const columns = [
  'hash_type',
  'hash_value',
  'grade',
  'age_band',
  'sex',
  'self_generated',
  'grid',
  'jurisdictions',
  'baseline',
  'first_seen',
  'source_ref',
];
const required = ['hash_type', 'hash_value', 'grade'];
const algorithms = ['md5', 'sha1', 'sha256', 'photodna', 'pdq', 'blockhash'] as const;

export const neutral: Format = {
  name,
  title: 'Neutral list CSV',
  carries: { algorithms, fields: ['sourceCodes'], schemes: ['uk-grade', 'interpol-baseline'] },
  detect: (head) => /^"?hash_type"?,"?hash_value"?,"?grade"?\b/i.test(textOf(head)),
  read: (file) => csvRecords(file, { format: name, csv: { comments: true }, required, known: columns, item: itemOf }),
  write,
};

function itemOf(header: CsvHeader, row: CsvRow): ReadItem {
  const field = (column: string) => readLine(header.field(row, column)) ?? undefined;
  const kind = header.field(row, 'hash_type') ?? '';
  const found = new HashCollector();
  const algorithm = algorithmNamed(kind);
  if (algorithm) found.add(algorithm, header.field(row, 'hash_value'));
  else if (/^\w{1,20}$/.test(kind)) found.leaveOut(kind);
  else return invalid({ line: row.line }, `hash_type: expected one of ${algorithms.join(', ')}`);
  return listed({ line: row.line }, found, codesOf(field), {
    provenance: known({
      reference: field('source_ref'),
      date: dayOf(field('first_seen')) ?? undefined,
      ageBand: field('age_band'),
      sex: field('sex'),
      selfGenerated: field('self_generated'),
      grid: field('grid'),
      jurisdictions: field('jurisdictions'),
    }),
  });
}

/** The baseline first: it says more than a grade. */
function codesOf(field: (column: string) => string | undefined): SourceCode[] {
  const baseline = readFlag(field('baseline'));
  const grade = field('grade')?.toUpperCase().slice(0, 64);
  return [
    ...(baseline === undefined ? [] : [{ scheme: 'interpol-baseline', code: baseline ? '1' : '0' }]),
    ...(grade === undefined ? [] : [{ scheme: 'uk-grade', code: grade }]),
  ];
}

async function* write(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const entry of standing(entries)) {
    const baseline = codeIn(entry, 'interpol-baseline');
    const flag = baseline === undefined ? '' : baseline === '1' ? 'true' : 'false';
    for (const { algorithm, hex } of wholeHashes(entry, algorithms)) {
      yield csvLine([algorithm, hex, codeIn(entry, 'uk-grade'), '', '', '', '', '', flag, '', entry.id]);
    }
  }
}
