/** Orders the stored variants: first the one that finds most copies, then the one that adds most, and so on. */

import { isRegion } from '../../src/domain/hash.js';
import type { Candidate } from '../../src/domain/verdict.js';
import { decisionOn } from './pipeline.js';
import type { Robustness } from './results.js';

/** `hashes` per entry and `recall` are totals up to this step. */
export type Step = Robustness['selection']['main'][number];

export type Copies = readonly (readonly Candidate[])[];

/** Starts with the hash of the whole image. Equal gains are ordered alphabetically. */
export function selectMainVariants(copies: Copies): Step[] {
  const wholes = copies.map((candidates) => new Set(candidates.filter(isWholePdq).map(({ variant }) => variant)));
  return greedy(
    wholes.map((found) => [...found].map((variant) => [variant])),
    copies.length,
    ['full'],
  );
}

/** Counts only copies that no other variant finds. The first step is the best pair, because two regions must agree. */
export function selectRegions(copies: Copies): Step[] {
  const others = copies.filter((candidates) => !candidates.some(isWholePdq));
  const pairs = others.map((candidates) => {
    const agreeing = decisionOn(candidates.filter(({ algorithm }) => algorithm === 'pdq')).matches.length > 0;
    const names = new Set(
      candidates
        .filter(({ variant, queryVariant }) => isRegion(variant) && variant === queryVariant)
        .map(({ variant }) => variant),
    );
    return agreeing ? pairsOf([...names].sort()) : [];
  });
  const known = copies.length - others.length;
  return greedy(pairs, copies.length, [], known);
}

function isWholePdq({ algorithm, variant }: Candidate): boolean {
  return algorithm === 'pdq' && !isRegion(variant);
}

function pairsOf(names: readonly string[]): string[][] {
  return names.flatMap((name, at) => names.slice(at + 1).map((other) => [name, other]));
}

function greedy(ways: readonly (readonly (readonly string[])[])[], total: number, first: readonly string[], known = 0): Step[] {
  const left = new Set(ways.flat(2));
  const chosen = new Set(first);
  for (const variant of first) left.delete(variant);
  const countWith = (more: readonly string[]) => {
    const all = new Set([...chosen, ...more]);
    return ways.filter((ofCopy) => ofCopy.some((way) => way.every((variant) => all.has(variant)))).length;
  };
  const steps: Step[] = [{ added: [...first], hashes: chosen.size, recall: (known + countWith([])) / total }];
  while (left.size > 0) {
    const names = [...left].sort();
    const offers = chosen.size === 0 ? pairsOf(names) : names.map((name) => [name]);
    const scored = offers.map((offer) => ({ offer, count: countWith(offer) }));
    const best = scored.reduce<(typeof scored)[number] | undefined>((a, b) => (a && a.count >= b.count ? a : b), undefined);
    if (!best) break;
    for (const variant of best.offer) {
      chosen.add(variant);
      left.delete(variant);
    }
    steps.push({ added: [...best.offer], hashes: chosen.size, recall: (known + best.count) / total });
  }
  return steps;
}
