import { describe, expect, it } from 'vitest';
import { plain } from '../../src/formats/plain.js';
import { digest, hashesOf, listedIn, pdqOf, photoDnaOf, readSample, readText, refusalOf, sample } from './reading.js';

describe('a plain CSV file', () => {
  it('has one hash per row, in any case, and SHA-1 also in base32', async () => {
    const items = await listedIn(plain, sample('plain.csv'));
    expect(items.map(hashesOf)).toEqual([
      { md5: digest(1, 'md5') },
      { sha1: digest(4, 'sha1') },
      { pdq: pdqOf(1) },
      { sha256: digest(1, 'sha256') },
      { photodna: photoDnaOf(1) },
      {},
    ]);
    expect(items[5]?.unsupported).toEqual(['video_tmk']);
  });

  it('has a class only where its category is one of Vigie', async () => {
    const [first, second] = await listedIn(plain, sample('plain.csv'));
    expect(first).toMatchObject({ class: 'csam_illegal', series: 'Series, one', provenance: { reference: 'ref-1' } });
    expect(second).toMatchObject({ class: null, sourceCodes: [{ scheme: 'category', code: '2' }] });
  });

  it('counts lines with the comments', async () => {
    const items = await readSample(plain, 'plain.csv');
    expect(items.map(({ at }) => at)).toEqual([3, 4, 5, 6, 7, 8].map((line) => ({ line })));
  });

  it('counts the lines inside a quoted field', async () => {
    const md5 = digest(1, 'md5');
    const items = await readText(plain, `hash_type,hash_value,category,series,source_ref\nmd5,${md5},,"a\nb",\nmd5,${md5},,,\n`);
    expect(items.map(({ at }) => at)).toEqual([{ line: 2 }, { line: 4 }]);
  });

  it('needs no header', async () => {
    expect(await listedIn(plain, sample('plain-without-header.csv'))).toMatchObject([
      { class: null },
      { class: 'csam_a1', series: 'S', provenance: { reference: 'r' } },
    ]);
  });

  it('with an unknown column is refused', async () => {
    const error = await refusalOf(readText(plain, 'hash_type,hash_value,colour\n'));
    expect(error.reason).toBe(
      'header: found the columns "hash_type", "hash_value", "colour"; known are hash_type, hash_value, category, series, source_ref',
    );
  });

  it('that ends inside a quoted field is truncated', async () => {
    const error = await refusalOf(readText(plain, `hash_type,hash_value\nmd5,"${digest(1, 'md5')}`));
    expect(error.fault).toBe('truncated');
  });

  it('with a row of 10 MB is refused with its line', async () => {
    const error = await refusalOf(readText(plain, `hash_type,hash_value\nmd5,${'x'.repeat(10_000_000)}\n`));
    expect(error).toMatchObject({ fault: 'too_large', at: { line: 2 } });
  });
});

describe('a file of bare hashes', () => {
  it('tells their kind by their length', async () => {
    const items = await readSample(plain, 'lines.txt');
    expect(items.slice(0, 4).map(hashesOf)).toEqual([
      { md5: digest(1, 'md5') },
      { sha1: digest(1, 'sha1') },
      { sha1: digest(4, 'sha1') },
      { photodna: photoDnaOf(1) },
    ]);
  });

  it('does not guess what 64 digits are', async () => {
    const [item] = (await readSample(plain, 'lines.txt')).slice(4);
    expect(item).toMatchObject({ kind: 'invalid', at: { line: 7 } });
  });

  it.each([
    ['with 0x', (hash: string) => `0x${hash}`],
    ['with a space after it', (hash: string) => `${hash} `],
    ['with one digit less', (hash: string) => hash.slice(1)],
  ])('has an invalid record for a hash %s, and goes on', async (_what, change) => {
    const items = await readText(plain, `${change(digest(1, 'md5'))}\n${digest(2, 'md5')}\n`);
    expect(items.map(({ kind }) => kind)).toEqual(['invalid', 'listed']);
    expect(JSON.stringify(items[0])).not.toContain(digest(1, 'md5').slice(4, 12));
  });
});
