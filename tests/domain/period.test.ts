import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPeriod, type Period } from '../../src/domain/period.js';

const endOf = (start: string, period: Period) => new Date(addPeriod(Date.parse(start), period)).toISOString();

describe('addPeriod', () => {
  it.each<[string, Period, string]>([
    ['2026-11-26T14:00:00.000Z', 'PT1H', '2026-11-26T15:00:00.000Z'],
    ['2026-12-31T23:30:00.000Z', 'PT24H', '2027-01-01T23:30:00.000Z'],
    ['2026-12-31T23:30:00.000Z', 'PT48H', '2027-01-02T23:30:00.000Z'],
    ['2026-01-31T10:00:00.000Z', 'P1M', '2026-02-28T10:00:00.000Z'],
    ['2028-01-31T10:00:00.000Z', 'P1M', '2028-02-29T10:00:00.000Z'],
    ['2026-11-30T10:00:00.000Z', 'P3M', '2027-02-28T10:00:00.000Z'],
    ['2026-08-31T00:00:00.000Z', 'P6M', '2027-02-28T00:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', 'P1Y', '2029-02-28T12:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', 'P4Y', '2032-02-29T12:00:00.000Z'],
    ['2026-02-28T12:00:00.000Z', 'P1M', '2026-03-28T12:00:00.000Z'],
    ['2026-01-31T10:00:00.000Z', 'P1M1DT1H', '2026-03-01T11:00:00.000Z'],
    ['2026-11-26T14:00:00.000Z', 'P2W', '2026-12-10T14:00:00.000Z'],
    ['2026-11-26T14:00:00.000Z', 'PT90S', '2026-11-26T14:01:30.000Z'],
  ])('%s plus %s is %s', (start, period, end) => {
    expect(endOf(start, period)).toBe(end);
  });

  it('counts in UTC, without daylight saving time', () => {
    expect(endOf('2026-03-28T23:30:00.000Z', 'PT24H')).toBe('2026-03-29T23:30:00.000Z');
  });

  it.each<Period>(['P', 'PT', 'P1', 'P1H', 'P-1D', 'P1Y '])('refuses %j', (period) => {
    expect(() => addPeriod(0, period)).toThrow(RangeError);
  });

  it('ends in the expected month, at the same time of day', () => {
    const start = fc.date({ min: new Date('1990-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 60 }), (from, months) => {
        const end = new Date(addPeriod(from.getTime(), `P${months}M`));
        const expected = (from.getUTCMonth() + months) % 12;
        expect([end.getUTCMonth(), end.getTime() % 86_400_000]).toEqual([expected, from.getTime() % 86_400_000]);
        expect(end.getUTCDate()).toBeLessThanOrEqual(from.getUTCDate());
      }),
    );
  });
});
