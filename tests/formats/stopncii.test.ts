import { describe, expect, it } from 'vitest';
import { stopncii } from '../../src/formats/stopncii.js';
import { hashesOf, pdqOf, readSample, readText, refusalOf, sample } from './reading.js';

const pageOf = (...records: object[]) => JSON.stringify({ count: records.length, hashRecords: records });

describe('a StopNCII page', () => {
  it('gives the hashes of adults, with their cases as reference', async () => {
    const [first] = await readSample(stopncii, 'stopncii.json');
    expect(first).toMatchObject({
      kind: 'listed',
      sourceId: null,
      class: 'ncii_adult',
      provenance: { reference: 'case-1', date: '2023-11-14' },
    });
    expect(hashesOf(first)).toEqual({ pdq: pdqOf(1) });
  });

  it('keeps a hash while one of its cases is active, and withdraws it with the last', async () => {
    const [, kept, gone] = await readSample(stopncii, 'stopncii.json');
    expect(kept).toMatchObject({ kind: 'listed' });
    expect(gone).toMatchObject({ kind: 'withdrawn', sourceId: null, hashes: [{ algorithm: 'pdq', hex: pdqOf(3) }] });
  });

  it('names a signal that Vigie does not match', async () => {
    const [, , , unknown] = await readSample(stopncii, 'stopncii.json');
    expect(unknown).toMatchObject({ kind: 'listed', hashes: [], unsupported: ['imagephotodna'] });
  });

  it('withdraws nothing for a signal that Vigie does not match', async () => {
    const record = { signalType: 'VideoTMK', hashValue: 'whatever', hashStatus: 'Withdrawn' };
    expect(await readText(stopncii, pageOf(record))).toMatchObject([{ kind: 'listed', hashes: [], unsupported: ['videotmk'] }]);
  });

  it('may be followed by further pages', async () => {
    const [, , , , received, deleted] = await readSample(stopncii, 'stopncii.json');
    expect(received).toMatchObject({ kind: 'listed', class: 'ncii_adult' });
    expect(deleted).toMatchObject({ kind: 'withdrawn' });
  });

  it('has an invalid record for a hash of the wrong length, withdrawn or not', async () => {
    const record = { signalType: 'ImagePDQ', hashValue: pdqOf(1).slice(2), hashStatus: 'Withdrawn' };
    const [item] = await readText(stopncii, pageOf(record));
    expect(item).toMatchObject({ kind: 'invalid', reason: 'pdq: expected 64 hexadecimal digits, got 62 characters' });
  });

  it('has an invalid record where a field is missing', async () => {
    expect(await readText(stopncii, pageOf({ signalType: 'ImagePDQ' }))).toMatchObject([
      { kind: 'invalid', reason: 'hashValue: missing or of another type' },
    ]);
  });

  it('is refused if it is truncated', async () => {
    expect(await refusalOf(readText(stopncii, sample('stopncii.json').subarray(0, -40)))).toMatchObject({ fault: 'truncated' });
  });
});
