import { describe, expect, it } from 'vitest';
import { futureDate, idOption, wholeNumber } from '../../src/cli/options.js';

describe('wholeNumber', () => {
  const parse = wholeNumber(1, 168);

  it.each(['1', '168'])('accepts %s', (text) => {
    expect(parse(text)).toBe(Number(text));
  });

  it.each(['0', '169', '-1', '1e2', '1.5', ' 1', '', 'many'])('refuses "%s" and names the limits', (text) => {
    expect(() => parse(text)).toThrow('Expected a whole number from 1 to 168.');
  });
});

describe('futureDate', () => {
  it('accepts a day and a moment', () => {
    expect(futureDate('2099-01-31').toISOString()).toBe('2099-01-31T00:00:00.000Z');
    expect(futureDate('2099-01-31T12:00:00Z').toISOString()).toBe('2099-01-31T12:00:00.000Z');
  });

  it('refuses text that is not a date, and dates in the past', () => {
    expect(() => futureDate('soon')).toThrow('such as 2027-01-31');
    expect(() => futureDate('2020-01-01')).toThrow('in the past');
  });
});

describe('idOption', () => {
  const parse = (text: string) => idOption('id').parseArg?.(text, undefined);

  it.each(['a', '0', 'ncii-fr', 'a'.repeat(63)])('accepts %s', (id) => {
    expect(parse(id)).toBe(id);
  });

  it.each(['', '-a', 'A', 'a b', 'é', 'a'.repeat(64)])('refuses "%s"', (id) => {
    expect(() => parse(id)).toThrow('1 to 63 of the characters a-z, 0-9 and -');
  });
});
