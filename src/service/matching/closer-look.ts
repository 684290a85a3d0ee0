/**
 * The distance between the wholes of the query and of the entries that were found, however far apart. Only with it a match can tell that
 * the pictures are more alike after an edit is undone (src/domain/geometric-proof.ts). The index is not searched again.
 */
import { byteDistance, fullVariant, isEdgeCrop, isRegion } from '../../domain/hash.js';
import { type Candidate, wayOf } from '../../domain/verdict.js';
import type { HashIndex, Whole } from '../../index/hash-index.js';
import { candidateOf } from './candidate.js';
import type { Probe } from './query.js';

/** A heap of near-identical entries needs no proof for each of them. */
const maxEntries = 8;
/** A part or an edit proves nothing beyond this distance. */
const maxDistance = 60;

/** Candidates that the search did not find, in the ways in which it found others of their entry. */
export function closerLook(
  index: Pick<HashIndex, 'wholesOf'>,
  probes: readonly Probe[],
  found: readonly Candidate[],
): Candidate[] | Promise<Candidate[]> {
  // Nothing was undone, so nothing can be more alike.
  if (!probes.some(({ variant }) => variant !== fullVariant)) return [];
  const ordinals = ordinalsToLookAt(found);
  if (ordinals.length === 0) return [];
  const wholes = index.wholesOf(ordinals);
  return wholes instanceof Promise ? wholes.then((there) => compare(there, probes, found)) : compare(wholes, probes, found);
}

/** One per entry. */
function ordinalsToLookAt(found: readonly Candidate[]): number[] {
  const ofEntries = new Map<string, number>();
  for (const { entry, algorithm, ordinal, mayHold } of found) {
    if (algorithm === 'pdq' && !mayHold && !ofEntries.has(entry.id)) ofEntries.set(entry.id, ordinal);
  }
  return ofEntries.size > maxEntries ? [] : [...ofEntries.values()];
}

function compare(wholes: readonly Whole[], probes: readonly Probe[], found: readonly Candidate[]): Candidate[] {
  return wholes.flatMap(({ hit, value }) => {
    const ofEntry = found.filter(({ entry, algorithm }) => entry.id === hit.entry.id && algorithm === 'pdq');
    const ways = new Set(ofEntry.map(wayOf));
    const known = new Set(
      ofEntry.filter(({ ordinal }) => ordinal === hit.ordinal).map((one) => `${one.queryVariant} ${wayOf(one)}`),
    );
    return probes.flatMap((probe) => {
      if (isRegion(probe.variant) || isEdgeCrop(probe.variant)) return [];
      const distance = byteDistance(probe.value, value);
      if (distance > maxDistance && probe.variant !== fullVariant) return [];
      const candidate = candidateOf({ ...hit, distance }, probe);
      return ways.has(wayOf(candidate)) && !known.has(`${probe.variant} ${wayOf(candidate)}`) ? [candidate] : [];
    });
  });
}
