import { describe, expect, it } from 'vitest';
import { hma } from '../../src/formats/hma.js';
import { digest, hashesOf, listedIn, pdqOf, readText, sample } from './reading.js';

describe('HMA lines', () => {
  it('give one record per line, and name signals that Vigie does not match', async () => {
    const items = await listedIn(hma, sample('hma.txt'));
    expect(items.map(hashesOf)).toEqual([{ pdq: pdqOf(1) }, { md5: digest(1, 'md5') }, { md5: digest(2, 'md5') }, {}]);
    expect(items[3]?.unsupported).toEqual(['tmk_pdqf']);
  });

  it('with a hash of the wrong length have an invalid record', async () => {
    expect(await readText(hma, 'pdq abc\npdq\n')).toEqual([
      { kind: 'invalid', at: { line: 1 }, reason: 'pdq: expected 64 hexadecimal digits, got 3 characters' },
      { kind: 'invalid', at: { line: 2 }, reason: 'expected a signal type, a space and a hash' },
    ]);
  });
});
