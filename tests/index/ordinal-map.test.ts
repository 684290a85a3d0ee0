import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrdinalMap } from '../../src/index/ordinal-map.js';

/** Multiples of 2 048 collide in one part. */
const ordinal = fc.oneof(
  fc.integer({ min: 1, max: 40 }).map((n) => n * 2_048),
  fc.integer({ min: 1, max: 2 ** 31 - 1 }),
);
const steps = fc.array(fc.tuple(fc.boolean(), ordinal, fc.nat(1_000)), { maxLength: 300 });

describe('OrdinalMap', () => {
  it('holds the same as a Map after any additions and removals', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const map = new OrdinalMap();
        const model = new Map<number, number>();
        for (const [adds, at, number] of all) {
          if (!adds) expect(map.remove(at)).toBe(model.get(at) ?? -1);
          else if (!model.has(at)) map.add(at, number);
          if (!adds) model.delete(at);
          else if (!model.has(at)) model.set(at, number);
        }
        for (const [, at] of all) expect(map.get(at)).toBe(model.get(at) ?? -1);
      }),
    );
  });

  it('holds nothing at 0, which is not an ordinal', () => {
    const map = new OrdinalMap();
    expect([map.get(0), map.remove(0)]).toEqual([-1, -1]);
  });
});
