/** Regions: parts of an image that are hashed one by one, so that what covers one of them leaves the others. */
import { isRegion } from './hash.js';
import type { Candidate } from './verdict.js';

/** Regions that must agree. One alone may be a piece of sky; two of one entry, each in its own place, are no coincidence (bench/robustness). */
const minAgreeing = 2;

/**
 * `sightings` of one entry without the regions that nothing bears out: those that lie elsewhere in the query than in the entry, and those
 * that are alone in their orientation. Everything that is no region stays.
 */
export function withoutLoneRegions(candidates: readonly Candidate[]): Candidate[] {
  const agreeing = new Map<string, Set<string>>();
  for (const candidate of candidates) {
    if (!isInPlace(candidate)) continue;
    const turn = turnOf(candidate);
    agreeing.set(turn, (agreeing.get(turn) ?? new Set()).add(candidate.variant));
  }
  return candidates.filter(
    (candidate) =>
      !isOfRegions(candidate) || (isInPlace(candidate) && (agreeing.get(turnOf(candidate))?.size ?? 0) >= minAgreeing),
  );
}

function isOfRegions({ variant, queryVariant }: Candidate): boolean {
  return isRegion(variant) && isRegion(queryVariant);
}

function isInPlace(candidate: Candidate): boolean {
  return isOfRegions(candidate) && candidate.variant === candidate.queryVariant;
}

function turnOf({ orientation, negative }: Candidate): string {
  return `${orientation} ${negative}`;
}
