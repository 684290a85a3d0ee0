import { complementOf } from '../../../src/domain/hash.js';
import type { Crop } from './crops.js';
import { linearScan } from './linear-scan.js';

/** One pair of crops in 18 000 is this near. */
export const maxDistance = 88;

/** Two crops of different photographs, not of two drawings: the drawings are by few people, and lists are of photographs. */
export interface NearPair {
  readonly query: number;
  readonly stored: number;
  /** The smallest of all hashes of the query and their negatives. */
  readonly distance: number;
}

/** What one crop asks: hashes of 32 bytes. Their negatives are asked too. */
export type QueryHashes = (crop: Crop) => readonly Uint8Array[];

export const orientationsOf: QueryHashes = ({ hashes }) => hashes;

/**
 * Compares each of `queries` (numbers of crops) with all crops of later photographs, or with `both` with all crops of other
 * photographs.
 */
export async function nearPairs(
  crops: readonly Crop[],
  queries: readonly number[],
  hashesOf: QueryHashes,
  compared: 'later' | 'both',
): Promise<NearPair[]> {
  const scan = await linearScan(crops.map(({ hashes }) => hashes[0] ?? new Uint8Array(32)));
  const found: NearPair[] = [];
  for (const query of queries) {
    const crop = crops[query];
    if (!crop) continue;
    const smallest = new Map<number, number>();
    const first = compared === 'later' ? query : 0;
    for (const hash of hashesOf(crop).flatMap((one) => [one, complementOf(one)])) {
      scan(hash, first, maxDistance, (row, distance) => {
        smallest.set(row, Math.min(smallest.get(row) ?? distance, distance));
      });
    }
    for (const [stored, distance] of smallest) {
      if (areCompared(crop, crops[stored])) found.push({ query, stored, distance });
    }
  }
  return found;
}

function areCompared(crop: Crop, other: Crop | undefined): boolean {
  return other !== undefined && crop.photograph !== other.photograph && !(crop.isDrawing && other.isDrawing);
}

export interface CropCount {
  readonly crops: number;
  readonly isDrawing: boolean;
}

/** By photograph: how many crops have at most this separability. */
export function countCrops(crops: readonly Crop[], maxSeparability: number): CropCount[] {
  const counts: { crops: number; isDrawing: boolean }[] = [];
  for (const { photograph, isDrawing, separability } of crops) {
    while (counts.length <= photograph) counts.push({ crops: 0, isDrawing });
    const count = counts[photograph];
    if (!count) continue;
    count.isDrawing = isDrawing;
    if (separability <= maxSeparability) count.crops++;
  }
  return counts;
}

/** Pairs that are compared, if photograph number n is there `weights[n]` times. Copies of a photograph are not compared. */
export function comparedPairs(counts: readonly CropCount[], weights?: ArrayLike<number>): number {
  const pairsOf = (wanted: (count: CropCount) => boolean) => {
    let sum = 0;
    let squares = 0;
    for (const [at, count] of counts.entries()) {
      const crops = wanted(count) ? count.crops * (weights?.[at] ?? 1) : 0;
      sum += crops;
      squares += crops ** 2;
    }
    return (sum ** 2 - squares) / 2;
  };
  return pairsOf(() => true) - pairsOf(({ isDrawing }) => isDrawing);
}
