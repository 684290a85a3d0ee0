import { isRegion } from './hash.js';
import { type Candidate, wayOf } from './verdict.js';

/** One region alone may be a piece of sky. Two of one entry, each in its own place, are no coincidence (bench/robustness). */
const minAgreeing = 2;

/** Drops regions that lie elsewhere in the query than in the entry, and regions that are alone in their orientation. */
export function withoutLoneRegions(candidates: readonly Candidate[]): Candidate[] {
  const agreeing = new Map<string, Set<string>>();
  for (const candidate of candidates) {
    if (!isInPlace(candidate)) continue;
    const turn = wayOf(candidate);
    agreeing.set(turn, (agreeing.get(turn) ?? new Set()).add(candidate.variant));
  }
  return candidates.filter(
    (candidate) =>
      !isOfRegions(candidate) || (isInPlace(candidate) && (agreeing.get(wayOf(candidate))?.size ?? 0) >= minAgreeing),
  );
}

function isOfRegions({ variant, queryVariant }: Candidate): boolean {
  return isRegion(variant) && isRegion(queryVariant);
}

/** A region of the query beside the same region of the entry. */
export function isInPlace(candidate: Candidate): boolean {
  return isOfRegions(candidate) && candidate.variant === candidate.queryVariant;
}
