/** The default policy: what a platform must do with content that matched. Rules: design/api.md, "Rules of the default policy". */
import { isDigest, isExact, isOpaque } from './algorithms/registry.js';
import { orientations } from './hash.js';
import type { List, ListAction } from './list.js';
import { type Evaluation, evaluateEntry, isPlain, isTight, thresholdOf } from './match-evaluation.js';
import type { Candidate, Decision, Match, UnscannableReason, VerdictName } from './verdict.js';

/** Matches in a reply; the policy itself sees all of them. */
export const maxMatches = 20;

const verdictOf: Readonly<Record<ListAction, VerdictName>> = {
  remove_and_report: 'remove_and_report',
  remove: 'remove',
  hold_for_review: 'hold_for_review',
  suppress: 'suppressed',
  test_match: 'test_match',
};

const severity: Readonly<Record<ListAction, number>> = {
  remove_and_report: 5,
  remove: 4,
  hold_for_review: 3,
  suppress: 2,
  test_match: 1,
};

/** A match with what suppression must still know of it. */
interface Judged {
  readonly match: Match;
  /** A verified entry within its list's tight distance, or an equal opaque hash: a suppression lowers it to a hold and never hides it. */
  readonly certain: boolean;
  /** Of the image as it is: of several reasons for one entry, the one to show. */
  readonly plain: boolean;
}

/** Who asks, and what of the image itself could not be judged. */
export interface Asking {
  /** The lists the caller may match, by id; sightings of others are ignored. */
  readonly lists: ReadonlyMap<string, List>;
  /** Lists in force for a share only are so for the same entries of an organisation, whatever content it sends. */
  readonly organisation: string;
  /** Why the image itself could not be judged: a digest match still wins over it. */
  readonly unscannable: UnscannableReason | null;
}

/** Decides what must be done with content whose hashes gave `sightings`. Pure: the same input gives the same decision. */
export function decide(candidates: readonly Candidate[], { lists, organisation, unscannable }: Asking): FullDecision {
  const evaluations = candidates.length === 0 ? [] : evaluateAll(candidates, lists, organisation).flatMap(judgedOf(lists));
  if (evaluations.length === 0) return nothingFound(unscannable);
  const standing = suppress(evaluations);
  const matches = strongestOfEveryList(standing);
  const strongest = matches[0];
  if (!strongest) return nothingFound(unscannable);
  const removing = standing
    .map(({ match }) => match)
    .filter(({ action }) => action === 'remove' || action === 'remove_and_report')
    .sort(compare);
  return { verdict: verdictOf[strongest.action], reason: null, matches: matches.slice(0, maxMatches), removing };
}

/** A decision with every match that removes, told or not: what they are of decides what the caller is obliged to. */
export interface FullDecision extends Decision {
  readonly removing: readonly Match[];
}

function nothingFound(unscannable: UnscannableReason | null): FullDecision {
  return { verdict: unscannable ? 'unscannable' : 'no_known_match', reason: unscannable, matches: [], removing: [] };
}

/** Every sighting that a list in force for the caller has an opinion on, judged. */
export function evaluateAll(
  candidates: readonly Candidate[],
  lists: ReadonlyMap<string, List>,
  organisation: string,
): Evaluation[] {
  return [...byEntry(candidates).values()].flatMap((ofEntry) => {
    const entry = ofEntry[0]?.entry;
    const list = entry && lists.get(entry.list);
    return list && isInForce(list, entry.id, organisation) ? evaluateEntry(ofEntry, list) : [];
  });
}

/** By entry and organisation, not by content: nobody gets another answer by varying what he sends. */
export function isInForce({ share }: List, entry: string, organisation: string): boolean {
  return share >= 100 || percentileOf(`${entry} ${organisation}`) < share;
}

/** 0-99, evenly: FNV-1a with a last mixing (Murmur3's), since the ids of entries differ in few digits. */
function percentileOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 100;
}

function byEntry(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const group = groups.get(candidate.entry.id);
    if (group) group.push(candidate);
    else groups.set(candidate.entry.id, [candidate]);
  }
  return groups;
}

function judgedOf(lists: ReadonlyMap<string, List>): (evaluation: Evaluation) => Judged[] {
  return (evaluation) => {
    const { candidate, outcome, verified, lowered } = evaluation;
    const list = lists.get(candidate.entry.list);
    if (!list || outcome === 'ignore') return [];
    return [
      {
        match: matchOf(evaluation, outcome, list),
        certain: isOpaque(candidate.algorithm) || ((verified || lowered) && isTight(candidate, list)),
        plain: isPlain(candidate),
      },
    ];
  };
}

function matchOf({ candidate, certainty, corroborated }: Evaluation, action: ListAction, list: List): Match {
  const { entry, algorithm, variant, distance, orientation, negative } = candidate;
  return {
    entry: entry.id,
    list: entry.list,
    class: entry.class,
    matchType: isExact(algorithm) ? 'exact' : 'near',
    algorithm,
    variant,
    distance,
    band: certainty,
    threshold: thresholdOf(candidate, list),
    orientation,
    negative,
    corroborated,
    action,
    policyVersion: list.version,
  };
}

/** Lets matches of `suppress` lists hide weaker near matches; a certain one is held for review instead. */
function suppress(evaluations: readonly Judged[]): Judged[] {
  const from = evaluations
    .filter(({ match: { action, algorithm } }) => action === 'suppress' && (algorithm === 'pdq' || isDigest(algorithm)))
    .reduce((least, { match }) => Math.min(least, match.distance), Number.POSITIVE_INFINITY);
  return evaluations.flatMap((one) => {
    const { match, certain } = one;
    const untouched = isDigest(match.algorithm) || match.action === 'suppress' || match.action === 'test_match';
    // Distances of two algorithms do not compare: a blockhash alone is hidden by any suppression.
    const weaker = match.algorithm === 'pdq' ? match.distance >= from : from < Number.POSITIVE_INFINITY;
    if (untouched || !weaker) return [one];
    return certain ? [{ ...one, match: { ...match, action: 'hold_for_review' as const } }] : [];
  });
}

/** First of every entry, where a plain reason is shown before one by a part of the image, however near; then of every list. */
function strongestOfEveryList(evaluations: readonly Judged[]): Match[] {
  const ofEntries = firstOfEach(
    evaluations,
    ({ match }) => match.entry,
    (a, b) => severityOf(b) - severityOf(a) || Number(b.plain) - Number(a.plain) || compare(a.match, b.match),
  );
  const matches = ofEntries.map(({ match }) => match);
  return firstOfEach(matches, ({ list }) => list, compare).sort(compare);
}

function severityOf({ match }: Judged): number {
  return severity[match.action];
}

function firstOfEach<Item>(items: readonly Item[], keyOf: (item: Item) => string, order: (a: Item, b: Item) => number): Item[] {
  const first = new Map<string, Item>();
  for (const item of items) {
    const key = keyOf(item);
    const standing = first.get(key);
    if (!standing || order(item, standing) < 0) first.set(key, item);
  }
  return [...first.values()];
}

/**
 * By severity, then distance; between equals a digest before a likeness and what is corroborated first. The rest only makes replies
 * the same whatever the order in which an index finds things.
 */
function compare(a: Match, b: Match): number {
  return (
    severity[b.action] - severity[a.action] ||
    a.distance - b.distance ||
    Number(a.matchType === 'near') - Number(b.matchType === 'near') ||
    Number(b.corroborated) - Number(a.corroborated) ||
    b.algorithm.localeCompare(a.algorithm) ||
    a.entry.localeCompare(b.entry) ||
    orientations.indexOf(a.orientation) - orientations.indexOf(b.orientation) ||
    Number(a.negative) - Number(b.negative) ||
    b.variant.localeCompare(a.variant)
  );
}
