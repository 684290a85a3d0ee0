import { bands } from './list.js';
import type { Decision, Match } from './verdict.js';

/** What a caller is told of a match: its distance, only its band, or only that it exists. */
export type Telling = 'distances' | 'bands' | 'matches';

type Revealing =
  | 'algorithm'
  | 'variant'
  | 'distance'
  | 'threshold'
  | 'orientation'
  | 'negative'
  | 'corroborated'
  | 'transformation'
  | 'entry'
  | 'band';

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
  const rank = ({ action, band }: Match) => actions.indexOf(action) * bands.length + bands.indexOf(band);
  const matches = verdict.matches.toSorted((a, b) => rank(a) - rank(b) || compareText(a.list, b.list)).map(hide);
  return { ...verdict, matches };
}

/** Sorted by list within an action. An equal hash stays `exact`: the caller knows the hash that it sent. */
export function withMatchesOnly<Holder extends Pick<Decision, 'matches'>>(verdict: Holder): Disclosed<Holder> {
  const actions = [...new Set(verdict.matches.map(({ action }) => action))];
  const rank = ({ action }: Match) => actions.indexOf(action);
  const matches = verdict.matches.toSorted((a, b) => rank(a) - rank(b) || compareText(a.list, b.list));
  return { ...verdict, matches: matches.map((match) => ({ ...hide(match), entry: null, band: null })) };
}

/** A distance is shown as the middle of its step. */
export const stepBits = 8;

/**
 * Rounds the distances of near matches to steps of eight bits. `offsetOf` says where the steps of an entry begin, and null where the
 * caller may know the distance. The offset must not depend on the query: rounding a query twice in different ways would reveal more.
 */
export function withRoundedDistances<Holder extends Pick<Decision, 'matches'>>(
  verdict: Holder,
  offsetOf: (match: Match) => number | null,
): Disclosed<Holder> {
  const actions = [...new Set(verdict.matches.map(({ action }) => action))];
  const rank = ({ action }: Match) => actions.indexOf(action);
  const rounded = verdict.matches.map((match) => {
    const offset = match.matchType === 'exact' ? null : offsetOf(match);
    return offset === null ? match : { ...match, distance: roundedTo(match, offset) };
  });
  const matches = rounded.toSorted((a, b) => rank(a) - rank(b) || a.distance - b.distance || compareText(a.list, b.list));
  return { ...verdict, matches };
}

function roundedTo({ distance, threshold }: Match, offset: number): number {
  const middle = Math.floor((distance + offset) / stepBits) * stepBits - offset + stepBits / 2;
  // A far match stays beyond the threshold, as its band says.
  return distance > threshold ? Math.max(middle, threshold + 1) : Math.min(Math.max(middle, 0), threshold);
}

function hide(match: Match): DisclosedMatch {
  const algorithm = match.matchType === 'exact' ? match.algorithm : null;
  const untold = { variant: null, distance: null, threshold: null, orientation: null, negative: null, corroborated: null };
  return { ...match, algorithm, ...untold, transformation: null };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
