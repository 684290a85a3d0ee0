/** More hits than this are a heap. */
export const uncappedHits = 2_048;
const keptPerKind = 2_048;
/** A hash that moves from the tail to a row is hit twice. */
export const hitsKeptPerKind = keptPerKind / 2;
const distances = 257;

/**
 * Keeps the nearest hits of every kind. Hits of one kind are treated alike, so further ones change no verdict
 * (docs/decisions/0015-heaps.md).
 *
 * @param pairs slot, distance, slot, distance ...
 * @param kindOf undefined for an empty slot
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

function roomByDistance(counts: readonly number[]): number[] {
  let left = 0;
  return counts.map((count, cell) => {
    if (cell % distances === 0) left = keptPerKind;
    const room = Math.min(count, left);
    left -= room;
    return room;
  });
}
