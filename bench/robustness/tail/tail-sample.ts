import type { Random } from '../../random.js';
import type { Crop } from './crops.js';
import { type Excesses, stepBits } from './fit.js';
import { type CropCount, comparedPairs, countCrops, type NearPair } from './near-pairs.js';

/** `rich`: both hashes have at most this separability. `simple`: at least one has more. */
export type Structure = 'rich' | 'simple';

/** The near pairs of one structure, and how many pairs were compared. */
export interface TailSample {
  /** Numbers of photographs, and the distance. */
  readonly near: readonly (readonly [first: number, second: number, distance: number])[];
  /** If photograph number n is there `weights[n]` times; without weights, once. */
  readonly compared: (weights?: ArrayLike<number>) => number;
}

export function tailSample(
  crops: readonly Crop[],
  pairs: readonly NearPair[],
  structure: Structure,
  maxSeparability: number,
): TailSample {
  const near: [number, number, number][] = [];
  for (const { query, stored, distance } of pairs) {
    const [one, other] = [crops[query], crops[stored]];
    if (!one || !other) continue;
    const isRich = Math.max(one.separability, other.separability) <= maxSeparability;
    if (isRich === (structure === 'rich')) near.push([one.photograph, other.photograph, distance]);
  }
  const [rich, all] = [countCrops(crops, maxSeparability), countCrops(crops, Infinity)];
  return { near, compared: comparison(structure, rich, all) };
}

function comparison(structure: Structure, rich: readonly CropCount[], all: readonly CropCount[]): TailSample['compared'] {
  if (structure === 'rich') return (weights) => comparedPairs(rich, weights);
  return (weights) => comparedPairs(all, weights) - comparedPairs(rich, weights);
}

/** With only the pairs at most `distance` apart, so that each look at them takes less time. */
export function nearerThan({ near, compared }: TailSample, distance: number): TailSample {
  return { near: near.filter(([, , one]) => one <= distance), compared };
}

/** Pairs by steps below `threshold`, each as often as its two photographs are there. */
export function excesses({ near }: TailSample, threshold: number, weights?: ArrayLike<number>): Excesses {
  const counts = new Array<number>(Math.floor(threshold / stepBits) + 1).fill(0);
  for (const [first, second, distance] of near) {
    if (distance > threshold) continue;
    const step = Math.floor((threshold - distance) / stepBits);
    counts[step] = (counts[step] ?? 0) + (weights?.[first] ?? 1) * (weights?.[second] ?? 1);
  }
  return counts;
}

/** One bootstrap sample: draws as many photographs as there are, with replacement. Returns how often each was drawn. */
export function drawn(photographs: number, random: Random): Uint8Array {
  const weights = new Uint8Array(photographs);
  for (let draw = 0; draw < photographs; draw++) {
    const at = Math.floor(random() * photographs);
    weights[at] = (weights[at] ?? 0) + 1;
  }
  return weights;
}
