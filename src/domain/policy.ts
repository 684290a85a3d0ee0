/** The default policy: what a platform must do with content that matched. Rules: design/api.md, "Rules of the default policy". */
import { fullVariant, isRegion, minimumQuality, orientations } from './hash.js';
import type { List, ListAction } from './list.js';
import { withoutLoneRegions } from './regions.js';
import type { Decision, Match, Sighting, UnscannableReason, VerdictName } from './verdict.js';

/** Matches in a reply; the policy itself sees all of them. */
export const mostMatches = 20;

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
  /** A verified entry within its list's tight distance: nothing may hide it. */
  readonly certain: boolean;
  /** Of the image as it is: of several reasons for one entry, the one to show. */
  readonly plain: boolean;
}

/**
 * Decides what must be done with content whose hashes gave `sightings`.
 *
 * Pure: the same input gives the same decision. `lists` are the enabled lists the caller may match; sightings of others are
 * ignored. `unscannable` says why the image itself could not be judged: a digest match still wins over it.
 */
export function decide(
  sightings: readonly Sighting[],
  lists: ReadonlyMap<string, List>,
  unscannable: UnscannableReason | null,
): Decision {
  const judged = [...byEntry(sightings).values()].flatMap((ofEntry) => judgeEntry(ofEntry, lists));
  const matches = strongestOfEveryList(suppress(judged));
  const strongest = matches[0];
  if (!strongest) {
    return { verdict: unscannable ? 'unscannable' : 'no_known_match', reason: unscannable, matches: [], removal: null };
  }
  const { action } = strongest;
  const removal =
    action === 'remove' || action === 'remove_and_report' ? { action, obligations: [], preserveUntil: null, reportTo: [] } : null;
  return { verdict: verdictOf[action], reason: null, matches: matches.slice(0, mostMatches), removal };
}

function byEntry(sightings: readonly Sighting[]): Map<string, Sighting[]> {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const group = groups.get(sighting.entry.id);
    if (group) group.push(sighting);
    else groups.set(sighting.entry.id, [sighting]);
  }
  return groups;
}

/** Every way in which one entry matches, judged; what lies beyond its list's thresholds is dropped. */
function judgeEntry(sightings: readonly Sighting[], lists: ReadonlyMap<string, List>): Judged[] {
  const list = lists.get(sightings[0]?.entry.list ?? '');
  if (!list) return [];
  // Variants only ever add: what a part of an image looks like hides nothing, and bears out nothing that hides.
  const telling = list.action === 'suppress' ? sightings.filter(isPlain) : sightings;
  const within = withoutLoneRegions(telling.filter((sighting) => sighting.distance <= thresholdOf(sighting, list)));
  return within.flatMap((sighting) => {
    const corroborated = isCorroborated(sighting, within);
    if (sighting.algorithm === 'blockhash' && !corroborated && sighting.distance > thresholdOf(sighting, list) * loneShare)
      return [];
    const action = judge(sighting, corroborated, list);
    if (!action) return [];
    const match = matchOf(sighting, corroborated, action, list);
    return [{ match, certain: isCertain(sighting, list), plain: isPlain(sighting) }];
  });
}

/**
 * Blockhash by itself must be nearer than where it bears out a PDQ match: of a million pairs of unrelated pictures five are within the default
 * of 24 bits, from 22 on (bench/robustness).
 */
const loneShare = 2 / 3;

function thresholdOf({ algorithm }: Sighting, { thresholds }: List): number {
  if (algorithm === 'pdq') return thresholds.pdq.wide;
  return algorithm === 'blockhash' ? thresholds.blockhash : 0;
}

/**
 * A second, independent algorithm says the same of the same entry: blockhash for a PDQ match in the same orientation, and the
 * other way round; PDQ for an MD5 or SHA-1, which can be forged. SHA-256 needs nobody.
 */
function isCorroborated(sighting: Sighting, others: readonly Sighting[]): boolean {
  const { algorithm, orientation } = sighting;
  if (algorithm === 'sha256') return true;
  if (algorithm === 'md5' || algorithm === 'sha1') return others.some((other) => other.algorithm === 'pdq' && isWhole(other));
  const second = algorithm === 'pdq' ? 'blockhash' : 'pdq';
  return others.some((other) => other.algorithm === second && other.orientation === orientation && isWhole(other));
}

/** What one sighting leads to; undefined when it leads to nothing. */
function judge(sighting: Sighting, corroborated: boolean, list: List): ListAction | undefined {
  // Test content harms nobody: however it is found, integrators see that finding works.
  if (list.action === 'test_match') return 'test_match';
  const sure = sighting.entry.verified && (isDigest(sighting) ? corroborated : isSureNear(sighting, corroborated, list));
  if (sure) return list.action;
  // A weak likeness to known-good content is no reason to hide something, and none to hold it.
  return list.action === 'suppress' ? undefined : 'hold_for_review';
}

function isSureNear(sighting: Sighting, corroborated: boolean, list: List): boolean {
  const { algorithm, quality, queryQuality, distance } = sighting;
  if (algorithm !== 'pdq' || !isWhole(sighting)) return false;
  const stored = quality === null || quality >= minimumQuality;
  const query = queryQuality === null ? corroborated : queryQuality >= minimumQuality;
  return stored && query && (corroborated || distance <= list.thresholds.pdq.tight);
}

function isDigest({ algorithm }: Sighting): boolean {
  return algorithm !== 'pdq' && algorithm !== 'blockhash';
}

/** A region (`region_...`) shows a part of the image only: by itself it never removes. */
function isWhole({ variant, queryVariant }: Sighting): boolean {
  return !isRegion(variant) && !isRegion(queryVariant);
}

/** The image as it is, at most turned: no part of it, nothing undone. */
function isPlain({ variant, queryVariant, negative }: Sighting): boolean {
  return variant === fullVariant && queryVariant === fullVariant && !negative;
}

function isCertain(sighting: Sighting, list: List): boolean {
  return sighting.entry.verified && sighting.algorithm === 'pdq' && sighting.distance <= list.thresholds.pdq.tight;
}

function matchOf(sighting: Sighting, corroborated: boolean, action: ListAction, list: List): Match {
  const { entry, algorithm, variant, distance, orientation, negative } = sighting;
  return {
    entry: entry.id,
    list: entry.list,
    class: entry.class,
    matchType: isDigest(sighting) ? 'exact' : 'near',
    algorithm,
    variant,
    distance,
    threshold: thresholdOf(sighting, list),
    orientation,
    negative,
    corroborated,
    action,
  };
}

/** Lets matches of `suppress` lists hide weaker near matches; a certain one is held for review instead. */
function suppress(judged: readonly Judged[]): Judged[] {
  const from = judged
    .filter(({ match }) => match.action === 'suppress' && match.algorithm !== 'blockhash')
    .reduce((least, { match }) => Math.min(least, match.distance), Number.POSITIVE_INFINITY);
  return judged.flatMap((one) => {
    const { match, certain } = one;
    const untouched = match.matchType === 'exact' || match.action === 'suppress' || match.action === 'test_match';
    // Distances of two algorithms do not compare: a blockhash alone is hidden by any suppression.
    const weaker = match.algorithm === 'pdq' ? match.distance >= from : from < Number.POSITIVE_INFINITY;
    if (untouched || !weaker) return [one];
    return certain ? [{ ...one, match: { ...match, action: 'hold_for_review' as const } }] : [];
  });
}

/** First of every entry, where a plain reason is shown before one by a part of the image, however near; then of every list. */
function strongestOfEveryList(judged: readonly Judged[]): Match[] {
  const ofEntries = firstOfEach(
    judged,
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
