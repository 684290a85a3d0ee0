import { describe, expect, it } from 'vitest';
import { LegalRequestCounts } from '../../../src/service/legal/legal-request-counts.js';

const counted = { order: { open: 2, overdue: 1 }, notice: { open: 0, overdue: 0 } };

describe('LegalRequestCounts', () => {
  it('is undefined before the first count', () => {
    expect(new LegalRequestCounts({ counts: async () => counted }).last).toBeUndefined();
  });

  it('counts overdue requests by its own clock', async () => {
    const asked: number[] = [];
    const store = {
      async counts(now: number) {
        asked.push(now);
        return counted;
      },
    };
    const counts = new LegalRequestCounts(store, () => 42);
    await counts.count();
    expect([counts.last, asked]).toEqual([counted, [42]]);
  });

  it('keeps the last counts while the database is unreachable', async () => {
    let away = false;
    const counts = new LegalRequestCounts({ counts: async () => (away ? Promise.reject(new Error('away')) : counted) });
    await counts.count();
    away = true;
    await expect(counts.count()).rejects.toThrow('away');
    expect(counts.last).toEqual(counted);
  });
});
