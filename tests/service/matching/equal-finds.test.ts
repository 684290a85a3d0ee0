import { describe, expect, it } from 'vitest';
import type { Hit } from '../../../src/domain/verdict.js';
import { EqualFinds } from '../../../src/service/matching/equal-finds.js';
import type { Probe } from '../../../src/service/matching/query.js';
import { factsOf } from '../../index/entries.js';

const hit = (ordinal: number, distance: number): Hit => ({
  ...{ ordinal, distance, entry: factsOf(ordinal), algorithm: 'pdq', variant: 'full', quality: 100 },
});
const probe = (changes: Partial<Probe> = {}): Probe => ({
  ...{ value: new Uint8Array(32), variant: 'full', orientation: 'identity', negative: false, quality: 100 },
  ...changes,
});

describe('EqualFinds', () => {
  it('leaves out what an earlier probe found in the same way at the same distance', () => {
    const finds = new EqualFinds();
    expect(finds.fresh(probe(), [hit(1, 4), hit(2, 6)])).toHaveLength(2);
    expect(finds.fresh(probe({ quality: 60 }), [hit(1, 4), hit(2, 5)])).toEqual([hit(2, 5)]);
  });

  it.each([
    ['another orientation', { orientation: 'rotate90' }],
    ['another variant', { variant: 'mid' }],
    ['a negative', { negative: true }],
    ['an unknown quality', { quality: null }],
  ] as const)('keeps what %s found', (_name, changes) => {
    const finds = new EqualFinds();
    finds.fresh(probe(), [hit(1, 4)]);
    expect(finds.fresh(probe(changes), [hit(1, 4)])).toEqual([hit(1, 4)]);
  });
});
