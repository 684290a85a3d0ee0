/** What is told of how near a match is: all of it, or only which band it lies in. */
import { certainties } from './list.js';
import type { Decision, Match } from './verdict.js';

/** What says more of the distance than the band does. */
type Revealing = 'algorithm' | 'variant' | 'distance' | 'threshold' | 'orientation' | 'negative' | 'corroborated';

/**
 * A match as a caller is told of it. Null stands for what is not told: each of these says more of the distance than the band does.
 * Blockhash bears out what PDQ found only within a distance of its own; which algorithm, variant or orientation matched tells which
 * others did not; and thresholds tell where the bands end.
 */
export type DisclosedMatch = Omit<Match, Revealing> & { readonly [Name in Revealing]: Match[Name] | null };

/** A decision, or whatever holds one, with its matches as they are told. */
export type Disclosed<Judged extends Pick<Decision, 'matches'>> = Omit<Judged, 'matches'> & {
  readonly matches: readonly DisclosedMatch[];
};

/**
 * Leaves bands instead of distances. Matches come strongest first, and keep that order; within an action they are told by band and list,
 * because the order in which they came is that of their distances.
 */
export function withBandsOnly<Judged extends Pick<Decision, 'matches'>>(verdict: Judged): Disclosed<Judged> {
  const actions = [...new Set(verdict.matches.map(({ action }) => action))];
  const rank = ({ action, band }: Match) => actions.indexOf(action) * certainties.length + certainties.indexOf(band);
  const matches = verdict.matches.toSorted((a, b) => rank(a) - rank(b) || compareText(a.list, b.list)).map(hide);
  return { ...verdict, matches };
}

/** Of an exact match the digest that is equal may be told: the caller sent it. */
function hide(match: Match): DisclosedMatch {
  const algorithm = match.matchType === 'exact' ? match.algorithm : null;
  const untold = { variant: null, distance: null, threshold: null, orientation: null, negative: null, corroborated: null };
  return { ...match, algorithm, ...untold };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
