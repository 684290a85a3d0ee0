import { describe, expect, it } from 'vitest';
import { neutral } from '../../src/formats/neutral.js';
import { digest, hashesOf, listedIn, readText, refusalOf, sample } from './reading.js';

describe('a neutral list', () => {
  it('gives grade and baseline as codes, and what else it says as provenance', async () => {
    const [first, second] = await listedIn(neutral, sample('neutral.csv'));
    expect(first).toMatchObject({
      class: 'csam_baseline',
      sourceCodes: [
        { scheme: 'interpol-baseline', code: '1' },
        { scheme: 'uk-grade', code: 'A' },
      ],
      provenance: { reference: 'iwf-1', date: '2020-02-03', ageBand: '7-10', sex: 'F', jurisdictions: 'UK|US|CA' },
    });
    expect(second).toMatchObject({ class: 'csam_illegal', sourceCodes: [{ scheme: 'uk-grade', code: 'C' }] });
    expect([first, second].map(hashesOf)).toEqual([{ md5: digest(1, 'md5') }, { sha256: digest(2, 'sha256') }]);
  });

  it('has no class for a grade that nobody defined', async () => {
    expect(await listedIn(neutral, `hash_type,hash_value,grade\nmd5,${digest(1, 'md5')},D\n`)).toMatchObject([{ class: null }]);
  });

  it('without the column grade is refused', async () => {
    expect(await refusalOf(readText(neutral, 'hash_type,hash_value\n'))).toMatchObject({ fault: 'header' });
  });
});
