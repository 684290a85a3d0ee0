import { describe, expect, it } from 'vitest';
import type { ReadItem } from '../../src/formats/format.js';
import { vics } from '../../src/formats/vics.js';
import { digest, hashesOf, listedIn, pdqOf, photoDnaOf, readSample, readText, refusalOf, sample } from './reading.js';

const contextOf = (schema: string, kind = 'Media') =>
  `http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/${schema}/$metadata#${kind}`;
const md5 = digest(1, 'md5');

function fileOf(records: readonly unknown[], schema = 'US'): string {
  return JSON.stringify({ '@odata.context': contextOf(schema), value: records });
}

async function reasonOf(record: object): Promise<string> {
  const [item] = await readText(vics, fileOf([record]));
  if (item?.kind !== 'invalid') throw new Error('the record is valid');
  return item.reason;
}

const classes = (items: readonly ReadItem[]) => items.map((item) => (item.kind === 'listed' ? item.class : item.kind));

describe('a VICS hash set', () => {
  it('gives records with hashes in lower case, facts and the code of its scheme', async () => {
    const [, second] = await listedIn(vics, sample('vics-us.json'));
    expect(second).toMatchObject({
      sourceId: '1001',
      class: 'csam_illegal',
      sourceCodes: [{ scheme: 'vics-us-2', code: '1' }],
      series: 'EXAMPLE',
      facts: { victimIdentified: true, offenderIdentified: false, distributed: true },
      unsupported: ['tmk'],
      skippedImageData: true,
    });
    expect(hashesOf(second)).toEqual({ md5, sha1: digest(1, 'sha1'), photodna: photoDnaOf(1), pdq: pdqOf(1) });
  });

  it('never takes a hash of MediaFiles or Exifs for one of the record', async () => {
    const items = await readSample(vics, 'vics-us.json');
    expect(items.map((item) => hashesOf(item).md5)).toEqual([0, 1, 2, 3].map((number) => digest(number, 'md5')));
  });

  it('reads tags as a text or a list, and dates in three forms', async () => {
    const records = await listedIn(vics, sample('vics-us.json'));
    expect(records.map(({ provenance }) => provenance)).toEqual([
      { date: '2023-06-07' },
      { date: '2023-06-07', tags: 'beach|Écran' },
      { date: '2023-06-07', tags: 'a|b' },
      { date: '2023-06-07' },
    ]);
  });

  it('says where each record begins', async () => {
    const text = sample('vics-us.json').toString('utf8');
    const items = await readSample(vics, 'vics-us.json');
    const offsets = [0, 1, 2, 3].map((number) => {
      const begin = text.lastIndexOf('{', text.indexOf(`"MediaID": ${1000 + number}`));
      return { byte: Buffer.byteLength(text.slice(0, begin)) };
    });
    expect(items.map(({ at }) => at)).toEqual(offsets);
  });

  it('accepts a byte order mark', async () => {
    expect(await readText(vics, Buffer.concat([Buffer.from('\uFEFF'), sample('vics-1.3.json')]))).toHaveLength(1);
  });

  it('reads member names in any case and members in any order', async () => {
    const record = { photodna: photoDnaOf(1), sha1: digest(1, 'sha1'), Md5: md5.toUpperCase(), mediaID: 7 };
    const [item] = await listedIn(vics, fileOf([record]));
    expect(item?.sourceId).toBe('7');
    expect(hashesOf(item)).toEqual({ md5, sha1: digest(1, 'sha1'), photodna: photoDnaOf(1) });
  });

  it('reads a PhotoDNA hash in base64 and in hexadecimal, also among the alternative hashes', async () => {
    const base64 = Buffer.from(photoDnaOf(1), 'hex').toString('base64');
    const records = [
      { PhotoDNA: base64 },
      { PhotoDNA: photoDnaOf(1).toUpperCase() },
      { AlternativeHashes: [{ HashName: 'PhotoDNA', HashValue: base64 }] },
      { AlternativeHashes: [{ HashValue: photoDnaOf(1), HashName: 'photodna' }] },
    ];
    const found = await listedIn(vics, fileOf(records));
    expect(found.map(hashesOf)).toEqual(Array(4).fill({ photodna: photoDnaOf(1) }));
  });

  it('keeps no identity that JavaScript cannot hold', async () => {
    const text = fileOf([{ MediaID: 0, MD5: md5 }]).replace('"MediaID":0', '"MediaID":9007199254740993');
    expect(await listedIn(vics, text)).toMatchObject([{ sourceId: null }]);
  });
});

describe('a VICS category', () => {
  const ofCategories = (schema: string) =>
    fileOf(
      [0, 1, 2, 3, 4, 5].map((Category) => ({ Category, MD5: md5 })),
      schema,
    );

  it.each([
    ['US', [null, 'csam_illegal', 'cse_borderline', null, null, null]],
    ['Default', [null, 'csam_illegal', null, null, null, null]],
    ['UK', Array(6).fill(null)],
    ['CUSTOM', Array(6).fill(null)],
    ['CA', Array(6).fill(null)],
  ])('of %s has the class of that scheme, and 0 is never known-good', async (schema, expected) => {
    expect(classes(await readText(vics, ofCategories(schema)))).toEqual(expected);
  });

  it.each(['1.2', '1.3'])('of the data model %s has no class, because its file names no scheme', async (version) => {
    const [item] = await listedIn(vics, sample(`vics-${version}.json`));
    expect(item).toMatchObject({ class: null, sourceCodes: [{ scheme: `vics-${version}`, code: '1' }] });
  });

  it('that is missing is not 0', async () => {
    expect(await listedIn(vics, fileOf([{ MD5: md5 }, { MD5: md5, Category: null }]))).toMatchObject([
      { sourceCodes: [], class: null },
      { sourceCodes: [], class: null },
    ]);
  });

  it('means the same if the file names its scheme after the records', async () => {
    const text = JSON.stringify({ value: [{ MD5: md5, Category: 2 }], '@odata.context': contextOf('US') });
    expect(await listedIn(vics, text)).toMatchObject([{ class: 'cse_borderline' }]);
  });

  it('is not taken from IsPrecategorized', async () => {
    expect(await listedIn(vics, fileOf([{ MD5: md5, IsPrecategorized: 'true', Category: null }]))).toMatchObject([
      { class: null },
    ]);
  });
});

describe('a VICS case file', () => {
  it('gives the media of all cases, with the unit and number of their case and no name of a person', async () => {
    const items = await listedIn(vics, sample('vics-cases.json'));
    expect(items.map(({ sourceId }) => sourceId)).toEqual(['c-7/1001', 'c-7/1002', 'c-8/1003']);
    expect(items[0]?.provenance).toMatchObject({ unit: 'Example Unit', reference: '2023/17' });
    expect(items[2]?.provenance).toMatchObject({ reference: '2023/18' });
    expect(JSON.stringify(items)).not.toContain('Example Person');
  });

  it('is not counted by its TotalMediaFiles', async () => {
    expect(await readSample(vics, 'vics-cases.json')).toHaveLength(3);
  });
});

describe('a VICS record is invalid', () => {
  it.each([
    ['with 31 digits', md5.slice(1), 'md5: expected 32 hexadecimal digits, got 31 characters'],
    ['with 0x', `0x${md5}`, 'md5: begins with 0x'],
    ['with a space before it', ` ${md5}`, 'md5: has a space before or after it'],
    ['with a space inside', `${md5.slice(0, 8)} ${md5.slice(8)}`, 'md5: has a space inside, at character 9'],
    ['with full-width digits', md5.replaceAll(/\d/g, '１'), /^md5: expected 32 hexadecimal digits, character \d+ is none$/],
  ])('if its MD5 comes %s', async (_what, value, reason) => {
    const found = await reasonOf({ MediaID: 1, MD5: value });
    expect(found).toMatch(reason);
    expect(found).not.toContain(md5.slice(8, 16));
  });

  it('if it has no hash at all', async () => {
    expect(await reasonOf({ MediaID: 1, Category: 1 })).toBe('has no hash');
  });

  it('if it has two different hashes of one kind', async () => {
    const record = { MD5: md5, AlternativeHashes: [{ HashName: 'MD5', HashValue: digest(2, 'md5') }] };
    expect(await reasonOf(record)).toBe('md5: the record has two different ones');
  });

  it('and the next record is still read', async () => {
    const items = await readText(vics, fileOf([{ MD5: 'x' }, 7, { MD5: md5 }]));
    expect(items.map(({ kind }) => kind)).toEqual(['invalid', 'invalid', 'listed']);
  });
});

describe('a VICS file is refused', () => {
  it('if it is truncated, with the place', async () => {
    const text = sample('vics-us.json');
    const error = await refusalOf(readText(vics, text.subarray(0, 2_000)));
    expect(error).toMatchObject({ fault: 'truncated', at: { byte: 2_000 } });
  });

  it.each([
    ['2.1', `http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.1.xml/US/$metadata#Media`, 'has the VICS data model 2.1'],
    ['no data model', 'http://example.org/', 'names no VICS data model'],
  ])('if it names %s', async (_what, name, reason) => {
    const error = await refusalOf(readText(vics, JSON.stringify({ '@odata.context': name, value: [{ MD5: md5 }] })));
    expect(error).toMatchObject({ fault: 'header' });
    expect(error.message).toContain(reason);
  });

  it.each([
    ['a comma is missing', (text: string) => text.replace('},{', '}{')],
    ['a comma is too many', (text: string) => text.replace('},{', '},,{')],
    ['the last comma is too many', (text: string) => text.replace('}]}', '},]}')],
    ['brackets do not match', (text: string) => text.replace('}]}', '}}}')],
    ['text follows it', (text: string) => `${text}{}`],
    ['a record is not JSON', (text: string) => text.replace('"MD5":', '"MD5"')],
  ])('if %s', async (_what, damage) => {
    const error = await refusalOf(readText(vics, damage(fileOf([{ MD5: md5 }, { MD5: md5 }]))));
    expect(error.fault).toBe('malformed');
    expect(error.message).not.toContain(md5.slice(0, 8));
  });

  it('if a field has 10 MB, by its name and place, and image data of that size is skipped', async () => {
    const long = 'x'.repeat(10_000_000);
    const error = await refusalOf(readText(vics, fileOf([{ MD5: md5, Comments: long }])));
    expect(error).toMatchObject({ fault: 'too_large' });
    expect(error.reason).toBe('"Comments" is longer than 1000000 bytes');
    const items = await listedIn(vics, fileOf([{ Miniature: long, MD5: md5 }, { MD5: digest(2, 'md5') }]));
    expect(items.map(({ skippedImageData }) => skippedImageData)).toEqual([true, false]);
    expect(items.map((item) => hashesOf(item).md5)).toEqual([md5, digest(2, 'md5')]);
  });
});
