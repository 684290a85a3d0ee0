/** Upper bounds in seconds. A hash match takes about 0.1 ms, an image 10 to 500 ms, a large stream minutes. */
export const latencyBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120,
];

/**
 * The time in milliseconds within which `share` of the answers came. Like Prometheus' `histogram_quantile` it takes the answers of a
 * bucket for evenly spread.
 *
 * @param counts one per bound, and one for whatever took longer
 * @returns null without answers
 */
export function quantileMs(counts: readonly number[], share: number): number | null {
  const wanted = counts.reduce((sum, count) => sum + count, 0) * share;
  if (wanted === 0) return null;
  let below = 0;
  for (const [at, count] of counts.entries()) {
    const [from, to] = [latencyBounds[at - 1] ?? 0, latencyBounds[at]];
    if (to === undefined) return from * 1_000;
    if (below + count >= wanted) return (from + ((to - from) * (wanted - below)) / count) * 1_000;
    below += count;
  }
  return null;
}
