/** What each way in which content resembles one entry leads to by itself. Rules: design/api.md, "Rules of the default policy". */
import { isDigest, isExact, registry } from './algorithms/registry.js';
import { fullVariant, isEdgeCrop, isRegion, minimumQuality } from './hash.js';
import { type ActionMatrix, type Certainty, type List, type Outcome, widestThreshold } from './list.js';
import { withoutLoneRegions } from './region-agreement.js';
import { isConfirmed, isVerified, statusOf } from './standing.js';
import type { Candidate } from './verdict.js';

/** A sighting with what its list makes of it, and why. */
export interface Evaluation {
  readonly candidate: Candidate;
  /** What it would be if everything else about it were in order. */
  readonly certainty: Certainty;
  readonly corroborated: boolean;
  /** Enough to act on: whole picture, good quality on both sides, near enough or borne out; of digests, not forgeable alone. */
  readonly sure: boolean;
  /** Confirmed as the list requires, and not put in doubt since; of equal digests the doubts of others do not count. */
  readonly verified: boolean;
  /** Disputed or quarantined, which lowers this match to a hold. */
  readonly lowered: boolean;
  readonly outcome: Outcome;
}

/**
 * Blockhash by itself must be nearer than where it bears out a PDQ match: of a million pairs of unrelated pictures five are within the default
 * of 24 bits, from 22 on (bench/robustness).
 */
const loneShare = 2 / 3;

/** Judges every sighting of one entry of `list`; what lies beyond its thresholds, or says too little, is dropped. */
export function evaluateEntry(candidates: readonly Candidate[], list: List): Evaluation[] {
  // Variants only ever add: what a part of an image looks like hides nothing, and bears out nothing that hides.
  const telling = list.action === 'suppress' ? candidates.filter(isPlain) : candidates;
  const within = withoutLoneRegions(telling.filter((candidate) => candidate.distance <= thresholdOf(candidate, list)));
  return within.flatMap((candidate) => {
    const corroborated = isCorroborated(candidate, within);
    const isLone = candidate.algorithm === 'blockhash' && !corroborated;
    if (isLone && candidate.distance > thresholdOf(candidate, list) * loneShare) return [];
    return [judge(candidate, corroborated, list)];
  });
}

/** The largest distance at which a list matches by that algorithm. */
export function thresholdOf({ algorithm }: Candidate, { thresholds }: List): number {
  return widestThreshold(algorithm, thresholds);
}

/** The image as it is, at most turned: no part of it, nothing undone. */
export function isPlain({ variant, queryVariant, negative }: Candidate): boolean {
  return variant === fullVariant && queryVariant === fullVariant && !negative;
}

/**
 * A second, independent algorithm says the same of the same entry: blockhash for a PDQ match in the same orientation, and the
 * other way round; PDQ for an MD5 or SHA-1, which can be forged. SHA-256 needs nobody.
 */
function isCorroborated(candidate: Candidate, others: readonly Candidate[]): boolean {
  const { algorithm, orientation } = candidate;
  if (isExact(algorithm)) {
    return !registry[algorithm].forgeable || others.some((other) => other.algorithm === 'pdq' && isWhole(other));
  }
  const second = algorithm === 'pdq' ? 'blockhash' : 'pdq';
  return others.some((other) => other.algorithm === second && other.orientation === orientation && isWhole(other));
}

function judge(candidate: Candidate, corroborated: boolean, list: List): Evaluation {
  const { standing, class: contentClass } = candidate.entry;
  const exact = isExact(candidate.algorithm);
  const certainty = exact ? 'exact' : isTight(candidate, list) ? 'tight' : 'wide';
  const sure = exact ? corroborated : isSureNear(candidate, corroborated, certainty);
  // Floods and complaints are no switch that an abuser can throw: they never touch what equals a confirmed entry bit for bit.
  const verified = isDigest(candidate.algorithm)
    ? isConfirmed(standing, list.verification)
    : isVerified(standing, list.verification);
  const status = statusOf(standing);
  const lowered = !verified && (status === 'disputed' || status === 'quarantined');
  const outcome = outcomeOf(list, contentClass, certainty, sure && verified);
  // Lowered, not dropped: whatever an unverified match of the list leads to, this one is at least held.
  const held = lowered && outcome === 'ignore' && list.action !== 'suppress' ? 'hold_for_review' : outcome;
  return { candidate, certainty, corroborated, sure, verified, lowered, outcome: held };
}

export function isTight({ algorithm, distance }: Candidate, { thresholds }: List): boolean {
  return algorithm === 'pdq' && distance <= thresholds.pdq.tight;
}

function isSureNear(candidate: Candidate, corroborated: boolean, certainty: Certainty): boolean {
  const { algorithm, quality, queryQuality } = candidate;
  if (algorithm !== 'pdq' || !isWhole(candidate)) return false;
  const stored = quality === null || quality >= minimumQuality;
  const query = queryQuality === null ? corroborated : queryQuality >= minimumQuality;
  return stored && query && (corroborated || certainty === 'tight');
}

/**
 * The whole of the entry or of the query was seen in the other. Of a region, and of the same side of both, nobody knows what the rest shows: two
 * pictures may share half, or a joke its picture and not its caption. By themselves those never remove, nor do they bear out anything; a blockhash
 * changes nothing about that, for another caption moves it by 4 to 10 bits.
 */
function isWhole({ variant, queryVariant }: Candidate): boolean {
  const isOfParts = isRegion(variant) || isRegion(queryVariant) || (isEdgeCrop(variant) && isEdgeCrop(queryVariant));
  return !isOfParts;
}

/** The cell of the list's policy: of the class where it has one, else of the list, else what its action says. */
export function outcomeOf(list: List, contentClass: string, certainty: Certainty, verified: boolean): Outcome {
  const side = verified ? 'verified' : 'unverified';
  const classes: Readonly<Record<string, ActionMatrix | undefined>> = list.policy.classes ?? {};
  const given = classes[contentClass]?.[side]?.[certainty] ?? list.policy[side]?.[certainty];
  return given ?? (verified ? list.action : unverifiedOutcome(list));
}

function unverifiedOutcome({ action }: List): Outcome {
  // Test content harms nobody: however it is found, integrators see that finding works.
  if (action === 'test_match') return 'test_match';
  // A weak likeness to known-good content is no reason to hide something, and none to hold it.
  return action === 'suppress' ? 'ignore' : 'hold_for_review';
}
