/** NSRLFile.txt of the NIST Reference Data Set, version 2. */
import type { CsvHeader, CsvRow } from './csv.js';
import { csvRecords } from './csv-records.js';
import type { Format, ReadItem } from './format.js';
import { HashCollector } from './hash-text.js';
import { listed, readLine } from './record.js';
import { textOf } from './text.js';

const name = 'nsrl-text';
const columns = ['SHA-1', 'MD5', 'CRC32', 'FileName', 'FileSize', 'ProductCode', 'OpSystemCode', 'SpecialCode'];

export const nsrlText: Format = {
  name,
  title: 'NSRL RDS 2 text',
  carries: { algorithms: ['sha1', 'md5'], fields: ['sourceCodes'], schemes: ['nsrl'] },
  detect: (head) => /^"SHA-1","MD5","CRC32"/.test(textOf(head)),
  read: (file) =>
    csvRecords(file, {
      format: name,
      csv: { latin1: true },
      required: ['SHA-1', 'MD5', 'SpecialCode'],
      known: columns,
      item: itemOf,
    }),
};

/** A special code says malicious or special: not known to be harmless. */
function itemOf(header: CsvHeader, row: CsvRow): ReadItem {
  const found = new HashCollector();
  found.add('sha1', header.field(row, 'SHA-1'));
  found.add('md5', header.field(row, 'MD5'));
  const special = readLine(header.field(row, 'SpecialCode'));
  return listed({ line: row.line }, found, [{ scheme: 'nsrl', code: special === null ? 'known' : `special ${special}` }]);
}
