/** What each candidate of one entry leads to by itself. */
import { isDigest, isExact, registry } from './algorithms/registry.js';
import { fullVariant, isEdgeCrop, isRegion, minimumQuality } from './hash.js';
import { type ActionMatrix, type Certainty, type List, type Outcome, widestThreshold } from './list.js';
import { withoutLoneRegions } from './region-agreement.js';
import { isConfirmed, isVerified, statusOf } from './standing.js';
import type { Candidate } from './verdict.js';

/** A candidate with what its list makes of it, and why. */
export interface Evaluation {
  readonly candidate: Candidate;
  readonly list: List;
  readonly certainty: Certainty;
  readonly corroborated: boolean;
  /** Enough evidence to act on: the whole picture, good quality on both sides, near enough or corroborated. */
  readonly sure: boolean;
  /** Confirmed as the list requires, and not in doubt. */
  readonly verified: boolean;
  /** The entry is disputed or quarantined, so this match only holds. */
  readonly lowered: boolean;
  readonly outcome: Outcome;
}

/**
 * Blockhash alone must be nearer than where it corroborates PDQ: of a million pairs of unrelated pictures five are within the default of 24
 * bits, the nearest at 22 (bench/robustness).
 */
const loneShare = 2 / 3;

/** Evaluates all candidates of one entry of `list`. Drops those beyond its thresholds and those that say too little. */
export function evaluateEntry(candidates: readonly Candidate[], list: List): Evaluation[] {
  // A part of an image never hides anything, and never corroborates a match that does.
  const telling = list.action === 'suppress' ? candidates.filter(isPlain) : candidates;
  const within = withoutLoneRegions(telling.filter((candidate) => candidate.distance <= thresholdOf(candidate, list)));
  return within.flatMap((candidate) => {
    const corroborated = isCorroborated(candidate, within);
    const isLone = candidate.algorithm === 'blockhash' && !corroborated;
    if (isLone && candidate.distance > thresholdOf(candidate, list) * loneShare) return [];
    return [evaluate(candidate, corroborated, list)];
  });
}

/** The largest distance at which the list matches by the candidate's algorithm. */
export function thresholdOf({ algorithm }: Candidate, { thresholds }: List): number {
  return widestThreshold(algorithm, thresholds);
}

/** The image as it is or turned: not a part of it, and not its negative. */
export function isPlain({ variant, queryVariant, negative }: Candidate): boolean {
  return variant === fullVariant && queryVariant === fullVariant && !negative;
}

/**
 * A second, independent algorithm finds the same entry. PDQ and blockhash corroborate each other in the same orientation; PDQ corroborates
 * exact hashes that can be forged; the others need nothing.
 */
function isCorroborated(candidate: Candidate, others: readonly Candidate[]): boolean {
  const { algorithm, orientation } = candidate;
  if (isExact(algorithm)) {
    return !registry[algorithm].forgeable || others.some((other) => other.algorithm === 'pdq' && isWhole(other));
  }
  const second = algorithm === 'pdq' ? 'blockhash' : 'pdq';
  return others.some((other) => other.algorithm === second && other.orientation === orientation && isWhole(other));
}

function evaluate(candidate: Candidate, corroborated: boolean, list: List): Evaluation {
  const { standing, class: contentClass } = candidate.entry;
  const certainty = certaintyOf(candidate, list);
  const sure = certainty === 'exact' ? corroborated : isSureNear(candidate, corroborated, certainty);
  // Floods and complaints must not let an abuser switch off what equals a confirmed entry bit for bit.
  const verified = isDigest(candidate.algorithm)
    ? isConfirmed(standing, list.verification)
    : isVerified(standing, list.verification);
  const status = statusOf(standing);
  const lowered = !verified && (status === 'disputed' || status === 'quarantined');
  const outcome = outcomeOf(list, contentClass, certainty, sure && verified);
  // A lowered match is at least held, even where unverified matches of the list are ignored.
  const held = lowered && outcome === 'ignore' && list.action !== 'suppress' ? 'hold_for_review' : outcome;
  return { candidate, list, certainty, corroborated, sure, verified, lowered, outcome: held };
}

function certaintyOf({ algorithm, distance }: Candidate, { thresholds }: List): Certainty {
  if (isExact(algorithm)) return 'exact';
  return algorithm === 'pdq' && distance <= thresholds.pdq.tight ? 'tight' : 'wide';
}

function isSureNear(candidate: Candidate, corroborated: boolean, certainty: Certainty): boolean {
  const { algorithm, quality, queryQuality } = candidate;
  if (algorithm !== 'pdq' || !isWhole(candidate)) return false;
  const stored = quality === null || quality >= minimumQuality;
  const query = queryQuality === null ? corroborated : queryQuality >= minimumQuality;
  return stored && query && (corroborated || certainty === 'tight');
}

/**
 * False where only a region, or the same side of both pictures, was compared. Two pictures may share half of what they show, and a meme its
 * picture but not its caption; another caption moves a blockhash by only 4 to 10 bits. Such matches never remove and never corroborate.
 */
function isWhole({ variant, queryVariant }: Candidate): boolean {
  const isOfParts = isRegion(variant) || isRegion(queryVariant) || (isEdgeCrop(variant) && isEdgeCrop(queryVariant));
  return !isOfParts;
}

/** What the list's policy says: for the class, else for the list, else what its action says. */
export function outcomeOf(list: List, contentClass: string, certainty: Certainty, verified: boolean): Outcome {
  const side = verified ? 'verified' : 'unverified';
  const classes: Readonly<Record<string, ActionMatrix | undefined>> = list.policy.classes ?? {};
  const given = classes[contentClass]?.[side]?.[certainty] ?? list.policy[side]?.[certainty];
  return given ?? (verified ? list.action : unverifiedOutcome(list));
}

function unverifiedOutcome({ action }: List): Outcome {
  // Test content is harmless, and integrators want to see that it is found at all.
  if (action === 'test_match') return 'test_match';
  // A weak likeness to known-good content is a reason neither to hide a match nor to hold content.
  return action === 'suppress' ? 'ignore' : 'hold_for_review';
}
