/** The CSV export of INTERPOL's ICSE database. */
import { type CsvHeader, type CsvRow, csvLine } from './csv.js';
import { csvRecords } from './csv-records.js';
import { codeIn, standing, wholeHashes } from './exported.js';
import type { ExportedEntry, Format, ReadItem, SourceFacts } from './format.js';
import { HashCollector } from './hash-text.js';
import { known, listed, readFlag, readLine } from './record.js';
import { textOf } from './text.js';

const name = 'icse';
const columns = [
  'MD5',
  'SHA1',
  'PhotoDNA',
  'Image ID',
  'Is distributed',
  'Victim identified',
  'Offender identified',
  'Series name',
  'Number of submissions',
  'File Available',
  'Media Type',
  'Baseline',
];
const required = ['MD5', 'SHA1', 'PhotoDNA', 'Image ID', 'Baseline'];
const hashColumns = ['md5', 'sha1', 'photodna'] as const;

export const icse: Format = {
  name,
  title: 'ICSE CSV (INTERPOL)',
  carries: {
    algorithms: hashColumns,
    fields: ['sourceId', 'sourceCodes', 'series', 'victimIdentified', 'offenderIdentified', 'distributed', 'submissions'],
    schemes: ['interpol-baseline'],
  },
  detect: (head) => /^"?MD5"?;"?SHA1"?;"?PhotoDNA"?;/i.test(textOf(head)),
  // Exports with missing or additional fields are in use; the columns are found by the header.
  read: (file) =>
    csvRecords(file, { format: name, csv: { delimiter: ';' }, required, known: columns, ragged: true, item: itemOf }),
  write,
};

function itemOf(header: CsvHeader, row: CsvRow): ReadItem {
  const field = (column: string) => header.field(row, column);
  const found = new HashCollector();
  for (const algorithm of hashColumns) found.add(algorithm, field(algorithm));
  const baseline = readFlag(field('Baseline'));
  const codes = baseline === undefined ? [] : [{ scheme: 'interpol-baseline', code: baseline ? '1' : '0' }];
  const submissions = Number(field('Number of submissions') || Number.NaN);
  return listed({ line: row.line }, found, codes, {
    sourceId: readLine(field('Image ID')),
    series: readLine(field('Series name')),
    facts: known<SourceFacts>({
      victimIdentified: readFlag(field('Victim identified')),
      offenderIdentified: readFlag(field('Offender identified')),
      distributed: readFlag(field('Is distributed')),
      submissions: Number.isSafeInteger(submissions) && submissions >= 0 ? submissions : undefined,
    }),
  });
}

const flag = (value: boolean | undefined) => (value === undefined ? '' : value ? 'y' : 'n');

async function* write(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<string> {
  yield csvLine(columns, ';');
  for await (const entry of standing(entries)) {
    const hashes = wholeHashes(entry, hashColumns);
    if (hashes.length === 0) continue;
    const { facts } = entry;
    const baseline = codeIn(entry, 'interpol-baseline');
    yield csvLine(
      [
        ...hashColumns.map((algorithm) => hashes.find((hash) => hash.algorithm === algorithm)?.hex.toUpperCase()),
        entry.sourceId ?? entry.id,
        flag(facts.distributed),
        flag(facts.victimIdentified),
        flag(facts.offenderIdentified),
        entry.series ?? '',
        facts.submissions?.toString(),
        '',
        '',
        flag(baseline === undefined ? undefined : baseline === '1'),
      ],
      ';',
    );
  }
}
