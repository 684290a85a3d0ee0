import { describe, expect, it } from 'vitest';
import { ncmec } from '../../src/formats/ncmec.js';
import { digest, hashesOf, pdqOf, photoDnaOf, readSample, readText, refusalOf, sample } from './reading.js';

const text = sample('ncmec.xml').toString('utf8');

describe('an NCMEC page', () => {
  it('gives images and videos with the identity that their member gave them', async () => {
    const items = await readSample(ncmec, 'ncmec.xml');
    expect(items[0]).toMatchObject({
      kind: 'listed',
      sourceId: '42-image1',
      class: 'csam_a1',
      provenance: { unit: 'Example Member é', reference: '42-image1', date: '2017-10-24' },
      unsupported: ['netclean'],
    });
    expect(hashesOf(items[0])).toEqual({
      md5: digest(1, 'md5'),
      sha1: digest(1, 'sha1'),
      photodna: photoDnaOf(1),
      pdq: pdqOf(1),
    });
    expect(items[1]).toMatchObject({ sourceId: '43-image1', class: null, sourceCodes: [{ scheme: 'ncmec', code: 'Z9' }] });
    expect(items[3]).toMatchObject({ sourceId: '42-video1', class: 'csam_b2', unsupported: ['tmk_pdqf'] });
  });

  it('gives deleted images as withdrawn', async () => {
    const items = await readSample(ncmec, 'ncmec.xml');
    expect(items[2]).toMatchObject({ kind: 'withdrawn', sourceId: '43-image4', hashes: [] });
  });

  it('says where each record begins', async () => {
    const begins = [...text.matchAll(/<(?:image|deletedImage|video)>/g)].map(({ index }) =>
      Buffer.byteLength(text.slice(0, index)),
    );
    const items = await readSample(ncmec, 'ncmec.xml');
    expect(items.map(({ at }) => at)).toEqual(begins.map((byte) => ({ byte })));
  });

  it('may be empty', async () => {
    const empty = '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="0"/></queryResult>';
    expect(await readText(ncmec, empty)).toEqual([]);
  });

  it('has an invalid record for an entry without an id, and for a hash of the wrong length', async () => {
    const items = await readText(ncmec, text.replace('<id>image1</id>', '').replace(digest(2, 'md5'), 'abc'));
    expect(items.map((item) => (item.kind === 'invalid' ? item.reason : item.kind))).toEqual([
      'has no id',
      'md5: expected 32 hexadecimal digits, got 3 characters',
      'withdrawn',
      'listed',
    ]);
  });
});

describe('an NCMEC page is refused', () => {
  it.each([
    ['truncated', 'truncated', text.slice(0, 900)],
    ['of another namespace', 'header', text.replace('/hashsharing/v2"', '/hashsharing/v1"')],
    ['with a document type', 'malformed', text.replace('<queryResult', '<!DOCTYPE a [<!ENTITY b "c">]><queryResult')],
    ['with an unknown entity', 'malformed', text.replace('A1', '&b;')],
    ['with tags that do not match', 'malformed', text.replace('</md5>', '</sha1>')],
    ['with a field of 10 MB', 'too_large', text.replace(digest(1, 'md5'), 'a'.repeat(10_000_000))],
  ])('if it is %s', async (_what, fault, content) => {
    const error = await refusalOf(readText(ncmec, content));
    expect(error.fault).toBe(fault);
    expect(error.message).not.toContain(digest(1, 'md5'));
  });
});
