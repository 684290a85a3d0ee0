/** What a platform must do with content that matched (docs/decisions/0013-policy-as-data.md). */
import { isDigest, isExact, isOpaque } from './algorithms/registry.js';
import { orientations } from './hash.js';
import type { List, ListAction } from './list.js';
import { type Evaluation, evaluateEntry, isPlain, thresholdOf } from './match-evaluation.js';
import { transformationOf } from './transformation.js';
import { type Candidate, type Decision, isRemoval, type Match, type UnscannableReason, type VerdictName } from './verdict.js';

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

/** An evaluation that leads to something. */
export interface Acting extends Evaluation {
  readonly outcome: ListAction;
}

export interface Asking {
  /** Candidates of other lists are ignored. */
  readonly lists: ReadonlyMap<string, List>;
  readonly organisation: string;
  readonly unscannable: UnscannableReason | null;
}

export interface FullDecision extends Decision {
  /** All matches that remove, shown or not: they decide the obligations. */
  readonly removing: readonly Match[];
  /** Everything that matches entries, whether `matches` shows it or not. */
  readonly standing: readonly Acting[];
}

/** Pure: the same input gives the same decision. */
export function decide(candidates: readonly Candidate[], { lists, organisation, unscannable }: Asking): FullDecision {
  const evaluations = candidates.length === 0 ? [] : evaluateAll(candidates, lists, organisation).filter(isActing);
  const standing = suppress(evaluations);
  const strongest = strongestOfEveryList(standing);
  const [first] = strongest;
  if (!first) return nothingFound(unscannable);
  const removing = standing.filter(({ outcome }) => isRemoval(outcome)).sort(compare);
  return {
    verdict: verdictOf[first.outcome],
    // The file is damaged, but what it still shows was found.
    reason: unscannable === 'truncated' ? unscannable : null,
    matches: strongest.slice(0, maxMatches).map(matchOf),
    removing: removing.map(matchOf),
    standing,
  };
}

function nothingFound(unscannable: UnscannableReason | null): FullDecision {
  return {
    verdict: unscannable ? 'unscannable' : 'no_known_match',
    reason: unscannable,
    matches: [],
    removing: [],
    standing: [],
  };
}

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

/** Does not depend on the content, so nobody gets another answer by varying it. */
export function isInForce({ share }: List, entry: string, organisation: string): boolean {
  return share >= 100 || percentileOf(`${entry} ${organisation}`) < share;
}

/** 0-99. FNV-1a with the last mixing step of Murmur3, because entry ids differ in few digits. */
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

function isActing(evaluation: Evaluation): evaluation is Acting {
  return evaluation.outcome !== 'ignore';
}

export function matchOf({ candidate, list, certainty, corroborated, proof, outcome }: Acting): Match {
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
    transformation: transformationOf(candidate, proof),
    action: outcome,
    policyVersion: list.version,
  };
}

/** Matches of `suppress` lists hide near matches that are not nearer, or lower certain ones to a hold. */
function suppress(evaluations: readonly Acting[]): readonly Acting[] {
  const from = evaluations
    .filter(isSuppressing)
    .reduce((min, { candidate }) => Math.min(min, candidate.distance), Number.POSITIVE_INFINITY);
  if (from === Number.POSITIVE_INFINITY) return evaluations;
  return evaluations.flatMap((one) => {
    const { algorithm, distance } = one.candidate;
    const untouched = isDigest(algorithm) || one.outcome === 'suppress' || one.outcome === 'test_match';
    if (untouched || (algorithm === 'pdq' && distance < from)) return [one];
    return isCertain(one) ? [{ ...one, outcome: 'hold_for_review' as const }] : [];
  });
}

function isSuppressing({ outcome, candidate: { algorithm } }: Acting): boolean {
  return outcome === 'suppress' && (algorithm === 'pdq' || isDigest(algorithm));
}

/** A tight match of an entry that was ever verified, or an equal opaque hash. */
function isCertain({ candidate, certainty, verified, lowered }: Evaluation): boolean {
  return isOpaque(candidate.algorithm) || ((verified || lowered) && certainty === 'tight');
}

/** For one entry, a match of the whole image comes before a nearer one of a part. */
function strongestOfEveryList(evaluations: readonly Acting[]): Acting[] {
  const ofEntries = firstOfEach(
    evaluations,
    ({ candidate }) => candidate.entry.id,
    (a, b) =>
      severity[b.outcome] - severity[a.outcome] || Number(isPlain(b.candidate)) - Number(isPlain(a.candidate)) || compare(a, b),
  );
  return firstOfEach(ofEntries, ({ candidate }) => candidate.entry.list, compare).sort(compare);
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

/** A total order, so that a reply does not depend on the order in which an index finds hashes. */
function compare(one: Acting, other: Acting): number {
  const a = one.candidate;
  const b = other.candidate;
  return (
    severity[other.outcome] - severity[one.outcome] ||
    a.distance - b.distance ||
    Number(isExact(b.algorithm)) - Number(isExact(a.algorithm)) ||
    Number(other.corroborated) - Number(one.corroborated) ||
    compareText(b.algorithm, a.algorithm) ||
    compareText(a.entry.id, b.entry.id) ||
    orientations.indexOf(a.orientation) - orientations.indexOf(b.orientation) ||
    Number(a.negative) - Number(b.negative) ||
    compareText(b.variant, a.variant)
  );
}

/** By code units: localeCompare took a third of the time of a heap. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
