/** Hits of a search up to which every one of them is looked at. */
export const uncappedHits = 4_096;
/** Hits kept of each kind of a larger number. */
const keptPerKind = 2_048;
/** Hashes of a kind that are named at least: one on its way from the tail to a row is hit in both. */
export const hitsKeptPerKind = keptPerKind / 2;
const distances = 257;

/**
 * Of a heap of hits, pairs (slot, distance), the nearest of every kind. Hits of a kind are judged alike, so those further away change no verdict
 * (but see docs/decisions/0015-heaps.md): of 100 000 near-identical hashes some thousands are named instead of all, and a heap in one list crowds
 * out nothing of another. `kindOf` tells a slot's kind; undefined: nothing stands there any more.
 */
export function nearestOfEachKind(pairs: Uint32Array, kindOf: (slot: number) => number | undefined): Uint32Array {
  const numbers = new Map<number, number>();
  const kinds = new Int32Array(pairs.length / 2);
  const counts: number[] = [];
  for (let at = 0; at < kinds.length; at++) {
    const kind = kindOf(pairs[at * 2] ?? 0);
    if (kind === undefined) kinds[at] = -1;
    else {
      const known = numbers.get(kind);
      const number = known ?? numbers.size;
      if (known === undefined) {
        numbers.set(kind, number);
        for (let distance = 0; distance < distances; distance++) counts.push(0);
      }
      kinds[at] = number;
      const cell = number * distances + (pairs[at * 2 + 1] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  const left = roomByDistance(counts);
  const kept: number[] = [];
  for (let at = 0; at < kinds.length; at++) {
    const [slot = 0, distance = 0] = [pairs[at * 2], pairs[at * 2 + 1]];
    const cell = (kinds[at] ?? -1) * distances + distance;
    const room = cell < 0 ? 0 : (left[cell] ?? 0);
    if (room === 0) continue;
    left[cell] = room - 1;
    kept.push(slot, distance);
  }
  return Uint32Array.from(kept);
}

/** How many hits of each kind and distance are kept, the nearer first. */
function roomByDistance(counts: readonly number[]): number[] {
  let left = 0;
  return counts.map((count, cell) => {
    if (cell % distances === 0) left = keptPerKind;
    const room = Math.min(count, left);
    left -= room;
    return room;
  });
}
