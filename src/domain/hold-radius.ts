/**
 * For each radius, the largest list of unrelated hashes with which at most 1 in 10 000 uploads is held by mistake. From
 * bench/results/tail.json (`npm run bench:tail`; a test compares them): the 95 % bound of an exponential tail, for all hashes of a query.
 * The nearest of 900 million pairs was 60 bits apart, so these figures extrapolate. The table ends at 56: a wider radius would suit only
 * lists below 10 000 hashes, and the index searches up to 63.
 */
const largestLists: readonly (readonly [radius: number, hashes: number])[] = [
  [56, 14_000],
  [54, 27_000],
  [52, 51_000],
  [50, 97_000],
  [48, 180_000],
  [46, 340_000],
  [44, 640_000],
  [42, 1_200_000],
  [40, 2_300_000],
  [38, 4_300_000],
  [36, 8_300_000],
  [34, 15_000_000],
  [32, 29_000_000],
];

/**
 * The widest radius in bits within which a match may hold an upload for review: even, 32 to 56, or 0 if the list is too large for any.
 *
 * `hashes` counts the hashes that are searched with this radius. Neither they nor the hash of the query may have a simple structure
 * (`hasSimpleStructure`). The threshold of the list itself may be wider: the caller takes the larger one. Decision 39 says why.
 */
export function holdRadius(hashes: number): number {
  return largestLists.find(([, largest]) => hashes <= largest)?.[0] ?? 0;
}
