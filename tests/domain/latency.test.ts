import { describe, expect, it } from 'vitest';
import { latencyBounds, quantileMs } from '../../src/domain/latency.js';

/** Counts by bucket: the first bucket ends at 0.5 ms, the second at 1 ms. */
function counts(...first: readonly number[]): number[] {
  return Array.from({ length: latencyBounds.length + 1 }, (_, at) => first[at] ?? 0);
}

describe('quantileMs', () => {
  it('is null without answers', () => {
    expect(quantileMs(counts(), 0.5)).toBeNull();
    expect(quantileMs([], 0.5)).toBeNull();
  });

  it('takes the answers of a bucket for evenly spread', () => {
    expect(quantileMs(counts(100), 0.5)).toBeCloseTo(0.25);
    expect(quantileMs(counts(50, 50), 0.5)).toBeCloseTo(0.5);
    expect(quantileMs(counts(0, 100), 0.5)).toBeCloseTo(0.75);
    expect(quantileMs(counts(98, 2), 0.99)).toBeCloseTo(0.75);
  });

  it('is the last bound for answers beyond it', () => {
    const late = [...counts().slice(0, -1), 3];
    expect(quantileMs(late, 0.99)).toBe(120_000);
  });
});
