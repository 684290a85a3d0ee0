/** What is told of how near a match is: all of it, or only which band it lies in. */
import type { Algorithm, Orientation } from './hash.js';
import type { ContentClass, ListAction, Thresholds } from './list.js';
import type { Decision, Match } from './verdict.js';

/** Nearest first. `exact`: equal digests; `tight`: PDQ within the list's tight distance; `wide`: whatever else matched. */
export const bands = ['exact', 'tight', 'wide'] as const;
export type Band = (typeof bands)[number];

/**
 * A match as a caller is told of it. Null stands for what is not told: each of these says more of the distance than the band does.
 * Blockhash bears out what PDQ found only within a distance of its own; which algorithm, variant or orientation matched tells which
 * others did not; and thresholds tell where the bands end.
 */
export interface ToldMatch {
  readonly entry: string;
  readonly list: string;
  readonly class: ContentClass;
  readonly matchType: Match['matchType'];
  readonly band: Band;
  readonly algorithm: Algorithm | null;
  readonly variant: string | null;
  readonly distance: number | null;
  readonly threshold: number | null;
  readonly orientation: Orientation | null;
  readonly negative: boolean | null;
  readonly corroborated: boolean | null;
  readonly action: ListAction;
}

/** A decision, or whatever holds one, with its matches as they are told. */
export type Told<Judged extends Decision> = Omit<Judged, 'matches'> & { readonly matches: readonly ToldMatch[] };

/** The band of a match by the thresholds of its list. A likeness by blockhash alone is never more than `wide`: it never removes either. */
export function bandOf({ matchType, algorithm, distance }: Match, { pdq }: Pick<Thresholds, 'pdq'>): Band {
  if (matchType === 'exact') return 'exact';
  return algorithm === 'pdq' && distance <= pdq.tight ? 'tight' : 'wide';
}

/** Adds the band to every match. `thresholdsOf` knows the lists; of one it does not know any more, only `wide` is sure. */
export function withBands<Judged extends Decision>(
  decision: Judged,
  thresholdsOf: (list: string) => Thresholds | undefined,
): Told<Judged> {
  return {
    ...decision,
    matches: decision.matches.map((match) => ({ ...match, band: bandOf(match, thresholdsOf(match.list) ?? unknownList) })),
  };
}

const unknownList = { pdq: { tight: -1, wide: -1 } };

/**
 * Leaves bands instead of distances. Matches come strongest first, and keep that order; within an action they are told by band and list,
 * because the order in which they came is that of their distances.
 */
export function withoutDistances<Judged extends Decision>(told: Told<Judged>): Told<Judged> {
  const actions = [...new Set(told.matches.map(({ action }) => action))];
  const rank = ({ action, band }: ToldMatch) => actions.indexOf(action) * bands.length + bands.indexOf(band);
  const matches = told.matches.toSorted((a, b) => rank(a) - rank(b) || compareText(a.list, b.list)).map(hide);
  return { ...told, matches };
}

/** Of an exact match the digest that is equal may be told: the caller sent it. */
function hide(match: ToldMatch): ToldMatch {
  const algorithm = match.matchType === 'exact' ? match.algorithm : null;
  const untold = { variant: null, distance: null, threshold: null, orientation: null, negative: null, corroborated: null };
  return { ...match, algorithm, ...untold };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
