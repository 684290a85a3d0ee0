import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hitsKeptPerKind, nearestOfEachKind } from '../../src/index/heap-cap.js';

interface Hit {
  readonly kind: number | undefined;
  readonly distance: number;
}

function kept(hits: readonly Hit[]): Hit[] {
  const pairs = Uint32Array.from(hits.flatMap(({ distance }, slot) => [slot, distance]));
  const left = nearestOfEachKind(pairs, (slot) => hits[slot]?.kind);
  return Array.from({ length: left.length / 2 }, (_, at) => hits[left[at * 2] ?? -1] ?? { kind: -1, distance: -1 });
}

const distancesOf = (hits: readonly Hit[], kind: number) =>
  hits
    .filter((hit) => hit.kind === kind)
    .map(({ distance }) => distance)
    .sort((a, b) => a - b);

const kind = fc.oneof(fc.constant(undefined), fc.constantFrom(0, 7, 2 ** 40));
const heap = fc.array(fc.record({ kind, distance: fc.integer({ min: 0, max: 256 }) }), {
  minLength: 0,
  maxLength: 12_000,
  size: 'max',
});

describe('the nearest of every kind', () => {
  it('are kept, whatever other hits there are', () => {
    fc.assert(
      fc.property(heap, (hits) => {
        const left = kept(hits);
        for (const one of [0, 7, 2 ** 40]) {
          expect(distancesOf(left, one)).toEqual(distancesOf(hits, one).slice(0, 2 * hitsKeptPerKind));
        }
        expect(left.every((hit) => hit.kind !== undefined)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
