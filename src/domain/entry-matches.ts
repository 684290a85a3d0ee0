import { isExact } from './algorithms/registry.js';
import { type Acting, matchOf } from './policy.js';
import type { Candidate, Match } from './verdict.js';

/** The nearest match of every entry, in no order. A match that suppresses others is none. */
export function matchesOfEntries(standing: readonly Acting[]): Match[] {
  const nearest = new Map<string, Acting>();
  for (const one of standing) {
    if (one.outcome === 'suppress') continue;
    const known = nearest.get(one.candidate.entry.id);
    if (!known || isNearer(one.candidate, known.candidate)) nearest.set(one.candidate.entry.id, one);
  }
  return [...nearest.values()].map(matchOf);
}

/** An equal file comes before a hash that is equal by chance. */
function isNearer(one: Candidate, other: Candidate): boolean {
  return (
    one.distance < other.distance || (one.distance === other.distance && isExact(one.algorithm) && !isExact(other.algorithm))
  );
}
