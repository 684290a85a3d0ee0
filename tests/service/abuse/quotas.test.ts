import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { VigieError } from '../../../src/domain/errors.js';
import { Quotas } from '../../../src/service/abuse/quotas.js';
import type { QuotaUse } from '../../../src/store/quota-uses.js';
import { platform } from '../../support/callers.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
let now = 0;
beforeEach(() => {
  now = 5_000;
});
const quotasOf = (minute: number, day: number) => new Quotas({ minute, day }, () => now);

function refusal(work: () => void): VigieError | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof VigieError) return error;
    throw error;
  }
  return undefined;
}

describe('a quota', () => {
  it('refuses the next match until the minute is over', () => {
    const quotas = quotasOf(2, 0);
    quotas.spend(platform());
    now += 20_500;
    quotas.spend(platform());
    const refused = refusal(() => quotas.spend(platform()));
    expect([refused?.code, refused?.status, refused?.retryAfterSeconds]).toEqual(['too_many_requests', 429, 40]);
    now += 39_500;
    expect(refusal(() => quotas.spend(platform()))).toBeUndefined();
  });

  it('per day lasts for 24 hours', () => {
    const quotas = quotasOf(0, 3);
    for (let match = 0; match < 3; match++) quotas.spend(platform());
    now += dayMs - 1;
    expect(refusal(() => quotas.spend(platform()))?.retryAfterSeconds).toBe(1);
    now += 1;
    expect(refusal(() => quotas.spend(platform()))).toBeUndefined();
  });

  it('counts each item of a batch, but none of a refused batch', () => {
    const quotas = quotasOf(10, 0);
    quotas.spend(platform(), 6);
    expect(refusal(() => quotas.spend(platform(), 5))?.detail).toContain('quota of 10 matches per minute: 6 used, 5 requested');
    expect(refusal(() => quotas.spend(platform(), 4))).toBeUndefined();
  });

  it('tells a batch that is larger than the quota to be smaller', () => {
    expect(refusal(() => quotasOf(10, 0).spend(platform(), 11))?.detail).toContain('send fewer at once');
  });

  it('is not spent by a check', () => {
    const quotas = quotasOf(1, 0);
    for (let check = 0; check < 3; check++) quotas.check(platform());
    quotas.spend(platform());
    expect(refusal(() => quotas.check(platform()))?.code).toBe('too_many_requests');
  });

  it('is separate for each key', () => {
    const quotas = quotasOf(1, 0);
    quotas.spend(platform());
    expect(refusal(() => quotas.spend(platform({ key: 'another' })))).toBeUndefined();
  });

  it('of a key replaces the default, and 0 means no limit', () => {
    const quotas = quotasOf(1, 1);
    expect(refusal(() => quotas.spend(platform({ quotaMinute: 0, quotaDay: 0 }), 1_000))).toBeUndefined();
    expect(refusal(() => quotas.spend(platform({ key: 'another', quotaMinute: 5, quotaDay: 5 }), 5))).toBeUndefined();
  });

  it('is never exceeded within a window', () => {
    const requests = fc.array(fc.record({ after: fc.nat(minuteMs), matches: fc.integer({ min: 1, max: 9 }) }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), requests, (quota, list) => {
        const quotas = quotasOf(quota, 0);
        let [began, used] = [Number.NEGATIVE_INFINITY, 0];
        for (const { after, matches } of list) {
          now += after;
          if (now - began >= minuteMs) [began, used] = [now, 0];
          const isThrough = refusal(() => quotas.spend(platform(), matches)) === undefined;
          expect(isThrough).toBe(used + matches <= quota);
          if (isThrough) used += matches;
        }
      }),
    );
  });
});

describe('two nodes', () => {
  it('count together once they have shared, and lose nothing while the database is away', async () => {
    let total = 0;
    let away = true;
    const uses = {
      add: async (matches: ReadonlyMap<string, number>): Promise<QuotaUse[]> => {
        if (away) throw new Error('the database is away');
        for (const one of matches.values()) total += one;
        const use = { key: 'testplatform', used: total, ageMs: 1_000 } as const;
        return [
          { ...use, period: 'minute' },
          { ...use, period: 'day' },
        ];
      },
    };
    const nodes = [0, 1].map(() => new Quotas({ minute: 10, day: 0 }, () => now, uses));
    for (const node of nodes) node.spend(platform(), 5);
    await expect(Promise.all(nodes.map((node) => node.share()))).rejects.toThrow('away');
    away = false;
    for (const node of nodes) await node.share();
    await nodes[0]?.share();
    expect(refusal(() => nodes[1]?.spend(platform()))?.code).toBe('too_many_requests');
  });
});
