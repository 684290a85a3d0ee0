import { type Acting, matchOf } from './policy.js';
import type { Match } from './verdict.js';

/** The nearest match of every entry, in no order. A match that suppresses others is none. */
export function matchesOfEntries(standing: readonly Acting[]): Match[] {
  const nearest = new Map<string, Acting>();
  for (const one of standing) {
    if (one.outcome === 'suppress') continue;
    const known = nearest.get(one.candidate.entry.id);
    if (!known || one.candidate.distance < known.candidate.distance) nearest.set(one.candidate.entry.id, one);
  }
  return [...nearest.values()].map(matchOf);
}
