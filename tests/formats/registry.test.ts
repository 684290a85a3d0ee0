import { describe, expect, it } from 'vitest';
import { detectFormat, formatNamed, formats } from '../../src/formats/registry.js';
import { digest, sample } from './reading.js';

const samples: readonly (readonly [file: string, format: string])[] = [
  ['vics-us.json', 'vics'],
  ['vics-1.2.json', 'vics'],
  ['vics-1.3.json', 'vics'],
  ['vics-cases.json', 'vics'],
  ['icse.csv', 'icse'],
  ['iped.csv', 'iped'],
  ['nsrl.txt', 'nsrl-text'],
  ['nsrl.db', 'nsrl-sqlite'],
  ['ncmec.xml', 'ncmec'],
  ['stopncii.json', 'stopncii'],
  ['hma.txt', 'hma'],
  ['plain.csv', 'plain'],
  ['plain-without-header.csv', 'plain'],
  ['lines.txt', 'plain'],
  ['md5sum.txt', 'checksums'],
  ['sha256sum-tag.txt', 'checksums'],
  ['neutral.csv', 'neutral'],
  ['vigie.ndjson', 'vigie'],
];

describe('detectFormat', () => {
  it.each(samples)('takes %s for %s by its content, whatever its name', (file, format) => {
    expect(detectFormat(sample(file), 'export.bin').name).toBe(format);
  });

  it('has a sample for every format', () => {
    expect(new Set(samples.map(([, format]) => format))).toEqual(new Set(formats.map(({ name }) => name)));
  });

  it.each([
    ['an empty file', ''],
    ['prose', 'Dear colleague,\nplease find the list attached.\n'],
    ['a VICS file in UTF-16', Buffer.from('\uFEFF{"MediaID":1}', 'utf16le')],
  ])('names the formats to choose from for %s', (_what, content) => {
    expect(() => detectFormat(Buffer.from(content), 'a.txt')).toThrow(/not recognised: say which of vigie, vics, ncmec/);
  });

  it('names the candidates if there are several', () => {
    const odd = `{"hashRecords":[{"MediaID":1,"MD5":"${digest(1, 'md5')}"}]}`;
    expect(() => detectFormat(Buffer.from(odd), 'a.json')).toThrow(/could be vics, stopncii: say which/);
  });
});

it('formatNamed finds a format by its name only', () => {
  expect(formatNamed('icse')?.title).toBe('ICSE CSV (INTERPOL)');
  expect(formatNamed('toString')).toBeUndefined();
});
