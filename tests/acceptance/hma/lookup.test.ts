import { describe, expect, it } from 'vitest';
import { flipBits, randomFrom, randomHash } from '../../support/images.js';
import { useHma } from '../../support/use-hma.js';

const on = useHma();
const random = randomFrom(4711);
const lookup = async (pdq: string, more = '') => (await on.call('GET', `/m/lookup?signal_type=pdq&signal=${pdq}${more}`)).body;
const raw = async (pdq: string, more = '') => (await on.call('GET', `/m/raw_lookup?signal_type=pdq&signal=${pdq}${more}`)).body;

describe('a hash that was added to a bank', () => {
  it('matches in the next lookup, under the name of the bank and its number', async () => {
    const pdq = randomHash(random);
    expect(await on.bank('FIRST', pdq)).toEqual([1]);
    expect(await lookup(pdq)).toEqual({ FIRST: [{ bank_content_id: 1, distance: '0' }] });
    expect(await raw(pdq)).toEqual({ matches: [1] });
    expect(await raw(flipBits(pdq, 3, random), '&include_distance=true')).toEqual({
      matches: [{ bank_content_id: 1, distance: '3' }],
    });
    expect(await lookup('5'.repeat(64))).toEqual({});
  });
});
