import { describe, expect, it } from 'vitest';
import type { ExportedEntry, Format } from '../../src/formats/format.js';
import { lossesOf } from '../../src/formats/losses.js';
import { formatNamed } from '../../src/formats/registry.js';
import { digest, listedIn, pdqOf, photoDnaOf, readText, refusalOf, written } from './reading.js';

const entry: ExportedEntry = {
  id: 'ent_0192f0c4a1b27c3d8e4f5a6b7c8d9e0f',
  list: 'worst',
  withdrawn: false,
  sourceId: '42-image1',
  hashes: [
    { algorithm: 'pdq', hex: pdqOf(1), quality: 88 },
    { algorithm: 'pdq', hex: pdqOf(2), quality: 80, variant: 'keep_left' },
    { algorithm: 'md5', hex: digest(1, 'md5'), quality: null },
    { algorithm: 'photodna', hex: photoDnaOf(1), quality: null },
  ],
  class: 'csam_baseline',
  sourceCodes: [
    { scheme: 'interpol-baseline', code: '1' },
    { scheme: 'vics-us-2', code: '1' },
  ],
  series: 'EXAMPLE',
  synthetic: false,
  provenance: { unit: 'Example Unit' },
  facts: { victimIdentified: true, submissions: 3 },
  expiresAt: null,
  updatedAt: '2026-11-23T12:00:00.000Z',
};
const gone: ExportedEntry = { ...entry, withdrawn: true, hashes: [{ algorithm: 'md5', hex: digest(2, 'md5'), quality: null }] };
const base64 = Buffer.from(photoDnaOf(1), 'hex').toString('base64');

function named(name: string): Format {
  const format = formatNamed(name);
  if (!format) throw new Error(`no format ${name}`);
  return format;
}

describe('an export', () => {
  it('as VICS 2.0 has the category of the scheme that was asked for, and upper-case hashes', async () => {
    const options = { at: entry.updatedAt, scheme: 'vics-us-2' };
    const { value, ...root } = JSON.parse(await written(named('vics'), [entry, gone], options));
    expect(root['@odata.context']).toMatch(/DataModels\/2\.0\.xml\/US\/\$metadata#Media$/);
    expect(value).toEqual([
      {
        MediaID: 0xf5a6b7c8d9e0f,
        Category: 1,
        MD5: digest(1, 'md5').toUpperCase(),
        PhotoDNA: base64,
        DateUpdated: entry.updatedAt,
        Series: 'EXAMPLE',
        VictimIdentified: 'true',
        AlternativeHashes: [{ HashName: 'PDQ', HashValue: pdqOf(1).toUpperCase() }],
      },
    ]);
  });

  it('as VICS has no category if the entry has no code of that scheme', async () => {
    const { value } = JSON.parse(await written(named('vics'), [entry]));
    expect(value[0]).not.toHaveProperty('Category');
  });

  it('as VICS in an unknown scheme is refused', async () => {
    const refused = written(named('vics'), [], { at: entry.updatedAt, scheme: 'vics-mars-2' });
    expect((await refusalOf(refused)).reason).toContain('expected one of vics-default-2, vics-us-2');
  });

  it('as ICSE has the exact header, and the baseline', async () => {
    const [header, row, end] = (await written(named('icse'), [entry, gone])).split('\n');
    expect(header).toBe(
      'MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;Number of submissions;File Available;Media Type;Baseline',
    );
    expect(row).toBe(`${digest(1, 'md5').toUpperCase()};;${photoDnaOf(1).toUpperCase()};42-image1;;y;;EXAMPLE;3;;;y`);
    expect(end).toBe('');
  });

  it('as IPED has a status and a set', async () => {
    const [header, row] = (await written(named('iped'), [entry])).split('\n');
    expect(header).toBe('md5,sha1,sha256,photodna,status,set');
    expect(row).toBe(`${digest(1, 'md5').toUpperCase()},,,${photoDnaOf(1).toUpperCase()},pedo,EXAMPLE`);
  });

  it.each([
    ['checksums', `MD5 (${entry.id}) = ${digest(1, 'md5')}\n`],
    ['hma', `pdq ${pdqOf(1)}\nphotodna ${photoDnaOf(1)}\nmd5 ${digest(1, 'md5')}\n`],
  ])('as %s has one line per hash of the whole image', async (name, text) => {
    expect(await written(named(name), [entry, gone])).toBe(text);
  });

  it('as StopNCII says what was withdrawn', async () => {
    const page = JSON.parse(await written(named('stopncii'), [entry, gone]));
    expect(page).toMatchObject({ count: 3, hasMoreRecords: false, nextPageToken: null });
    expect(page.hashRecords.map(({ hashStatus }: { hashStatus: string }) => hashStatus)).toEqual([
      'Active',
      'Active',
      'Withdrawn',
    ]);
  });

  it('as Vigie keeps variants, qualities and withdrawals', async () => {
    const [listed, withdrawn] = await readText(named('vigie'), await written(named('vigie'), [entry, gone]));
    expect(listed).toMatchObject({ hashes: entry.hashes, facts: entry.facts, provenance: entry.provenance });
    expect(withdrawn).toMatchObject({ kind: 'withdrawn', sourceId: gone.id, hashes: gone.hashes });
  });

  it('to a format with neutral codes keeps the class that these stand for', async () => {
    expect(await listedIn(named('neutral'), await written(named('neutral'), [entry]))).toMatchObject(
      Array(3).fill({ class: 'csam_baseline' }),
    );
  });
});

describe('lossesOf', () => {
  const losses = (name: string, given = entry) => lossesOf(given, named(name).carries);

  it('names the hashes, fields and codes that a format cannot hold', () => {
    expect(losses('vigie')).toEqual([]);
    expect(losses('icse')).toEqual(['hash of pdq', 'provenance', 'quality', 'variants', 'sourceCodes']);
    expect(losses('checksums')).toContain('class');
  });

  it('names the codes of other schemes than that of the VICS file', () => {
    expect(losses('vics')).toContain('class');
    expect(lossesOf(entry, named('vics').carries, 'vics-us-2')).toEqual(expect.arrayContaining(['class', 'sourceCodes']));
    const inUs = { ...entry, class: 'csam_illegal', sourceCodes: [{ scheme: 'vics-us-2', code: '1' }] } as const;
    expect(lossesOf(inUs, named('vics').carries, 'vics-us-2')).not.toContain('class');
  });

  it('names a withdrawal that a format cannot say', () => {
    expect(losses('vics', gone)).toEqual(['withdrawals']);
    expect(losses('stopncii', gone)).toEqual([]);
  });
});
