/**
 * How many seconds one range of NCMEC's entries spans. A range counts only as a whole, so a smaller one loses less when it fails, and
 * too many small ones take long to reach the present. The density of entries differs by a factor of thousands over the years.
 */

/** Above, the range is cut if it can be. */
export const manyEntries = 50_000;
/** Bulk uploads have thousands of entries in one second: cutting finer would read that second again and again. */
const smallestSeconds = 60;
/** From 1970 until long after today. */
export const largestSeconds = 2 ** 32;

/**
 * Undefined: read the range as it is. Otherwise less than `seconds`, so that this ends.
 *
 * @param seconds that the range spans now
 */
export function smallerWindow(seconds: number, entries: number, many: number): number | undefined {
  if (entries <= many) return undefined;
  const byDensity = Math.floor((seconds * many) / entries);
  const smaller = Math.max(smallestSeconds, Math.min(byDensity, Math.floor(seconds / 4)));
  return smaller < seconds ? smaller : undefined;
}

export function windowAfter(seconds: number, entries: number, many: number): number {
  return entries < many / 10 ? Math.min(seconds * 4, largestSeconds) : seconds;
}
