import { describe, expect, it } from 'vitest';
import { icse } from '../../src/formats/icse.js';
import { digest, hashesOf, listedIn, photoDnaOf, readText, refusalOf, sample } from './reading.js';

describe('an ICSE file', () => {
  it('gives hashes, flags and the baseline of each row', async () => {
    const [first] = await listedIn(icse, sample('icse.csv'));
    expect(first).toMatchObject({
      at: { line: 2 },
      sourceId: '501',
      class: 'csam_baseline',
      series: 'EXAMPLE',
      facts: { distributed: true, victimIdentified: true, offenderIdentified: false, submissions: 3 },
    });
    expect(hashesOf(first)).toEqual({ md5: digest(1, 'md5'), sha1: digest(1, 'sha1'), photodna: photoDnaOf(1) });
  });

  it('may have rows with more or fewer fields than the header', async () => {
    const [, longer, shorter] = await listedIn(icse, sample('icse.csv'));
    expect(longer).toMatchObject({ sourceId: '502', class: null, sourceCodes: [{ scheme: 'interpol-baseline', code: '0' }] });
    expect(shorter).toMatchObject({ sourceId: null, class: null, sourceCodes: [], facts: {} });
  });

  it('without the column Baseline is refused, with the columns seen and those known', async () => {
    const error = await refusalOf(readText(icse, 'MD5;SHA1;PhotoDNA;Image ID\n'));
    expect(error).toMatchObject({ fault: 'header', at: { line: 1 } });
    expect(error.reason).toMatch(/^header: found the columns "MD5", "SHA1", "PhotoDNA", "Image ID"; known are MD5, .*Baseline$/);
  });

  it('that begins with a hash is refused without repeating it', async () => {
    const error = await refusalOf(readText(icse, `${digest(1, 'md5')};x\n`));
    expect(error.message).not.toContain(digest(1, 'md5').slice(0, 12));
  });
});
