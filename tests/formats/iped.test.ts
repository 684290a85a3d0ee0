import { describe, expect, it } from 'vitest';
import { iped } from '../../src/formats/iped.js';
import { digest, hashesOf, listedIn, readText, refusalOf, sample } from './reading.js';

describe('an IPED file', () => {
  it('gives the hashes of each row and keeps its status as a code without a class', async () => {
    const items = await listedIn(iped, sample('iped.csv'));
    expect(items).toMatchObject([
      { at: { line: 2 }, class: null, sourceCodes: [{ scheme: 'iped', code: 'pedo' }], series: 'SET A', unsupported: [] },
      { at: { line: 3 }, class: null, sourceCodes: [{ scheme: 'iped', code: 'known' }], unsupported: ['edonkey'] },
    ]);
    expect(items.map(hashesOf)).toEqual([
      { md5: digest(1, 'md5'), sha1: digest(1, 'sha1') },
      { md5: digest(2, 'md5'), sha256: digest(2, 'sha256') },
    ]);
  });

  it('with a row of another length has an invalid record and goes on', async () => {
    const items = await readText(iped, `md5,status\n${digest(1, 'md5')}\n${digest(2, 'md5')},known\n`);
    expect(items).toMatchObject([
      { kind: 'invalid', at: { line: 2 }, reason: 'has 1 fields, the header has 2' },
      { kind: 'listed', at: { line: 3 } },
    ]);
  });

  it('without a hash column is refused, with the columns seen and those known', async () => {
    const error = await refusalOf(readText(iped, 'name,status\n'));
    expect(error.reason).toMatch(/^header: found the columns "name", "status"; known are md5, sha1, /);
  });
});
