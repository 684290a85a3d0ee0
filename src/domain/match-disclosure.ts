import { certainties } from './list.js';
import type { Decision, Match } from './verdict.js';

type Revealing = 'algorithm' | 'variant' | 'distance' | 'threshold' | 'orientation' | 'negative' | 'corroborated';

/**
 * Some callers may not know the distance, nor what hints at it: blockhash corroborates only within its own distance, and the algorithm,
 * variant and orientation that matched rule out others.
 */
export type DisclosedMatch = Omit<Match, Revealing> & { readonly [Name in Revealing]: Match[Name] | null };

export type Disclosed<Holder extends Pick<Decision, 'matches'>> = Omit<Holder, 'matches'> & {
  readonly matches: readonly DisclosedMatch[];
};

/** Sorted by band and list within an action, because the original order would reveal distances. */
export function withBandsOnly<Holder extends Pick<Decision, 'matches'>>(verdict: Holder): Disclosed<Holder> {
  const actions = [...new Set(verdict.matches.map(({ action }) => action))];
  const rank = ({ action, band }: Match) => actions.indexOf(action) * certainties.length + certainties.indexOf(band);
  const matches = verdict.matches.toSorted((a, b) => rank(a) - rank(b) || compareText(a.list, b.list)).map(hide);
  return { ...verdict, matches };
}

function hide(match: Match): DisclosedMatch {
  const algorithm = match.matchType === 'exact' ? match.algorithm : null;
  const untold = { variant: null, distance: null, threshold: null, orientation: null, negative: null, corroborated: null };
  return { ...match, algorithm, ...untold };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
