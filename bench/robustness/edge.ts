/** The efficient edge: which enrolled hash wins most, then which next, and so on. */

import { isRegion } from '../../src/domain/hash.js';
import type { Candidate } from '../../src/domain/verdict.js';
import { decisionOn } from './pipeline.js';
import type { Robustness } from './results.js';

/** `added`: one variant, or the two that regions begin with. `hashes` of an entry and `recall` are those so far. */
export type Step = Robustness['edge']['main'][number];

/** For each copy, what was seen of its original. */
export type Copies = readonly (readonly Candidate[])[];

/**
 * Greedy: of the variants left, the one with which most copies are recognised that were not before. `full` and what needs no further hash come first;
 * equal gains in the order of the alphabet.
 */
export function mainEdge(copies: Copies): Step[] {
  const wholes = copies.map((candidates) => new Set(candidates.filter(isWholePdq).map(({ variant }) => variant)));
  return greedy(
    wholes.map((found) => [...found].map((variant) => [variant])),
    copies.length,
    ['full'],
  );
}

/** The same for regions, over copies that nothing else recognises; the first step is the best pair. */
export function regionEdge(copies: Copies): Step[] {
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

/** `ways`: for each copy, sets of variants each of which is enough. */
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
