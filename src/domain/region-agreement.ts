/** Regions: parts of an image that are hashed one by one, so that what covers one of them leaves the others. */
import { isRegion } from './hash.js';
import type { Sighting } from './verdict.js';

/** Regions that must agree. One alone may be a piece of sky; two of one entry, each in its own place, are no coincidence (bench/robustness). */
const leastAgreeing = 2;

/**
 * `sightings` of one entry without the regions that nothing bears out: those that lie elsewhere in the query than in the entry, and those
 * that are alone in their orientation. Everything that is no region stays.
 */
export function withoutLoneRegions(sightings: readonly Sighting[]): Sighting[] {
  const agreeing = new Map<string, Set<string>>();
  for (const sighting of sightings) {
    if (!isInPlace(sighting)) continue;
    const turn = turnOf(sighting);
    agreeing.set(turn, (agreeing.get(turn) ?? new Set()).add(sighting.variant));
  }
  return sightings.filter(
    (sighting) => !isOfRegions(sighting) || (isInPlace(sighting) && (agreeing.get(turnOf(sighting))?.size ?? 0) >= leastAgreeing),
  );
}

function isOfRegions({ variant, queryVariant }: Sighting): boolean {
  return isRegion(variant) && isRegion(queryVariant);
}

function isInPlace(sighting: Sighting): boolean {
  return isOfRegions(sighting) && sighting.variant === sighting.queryVariant;
}

function turnOf({ orientation, negative }: Sighting): string {
  return `${orientation} ${negative}`;
}
