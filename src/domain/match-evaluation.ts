import { isDigest, isExact, type PerceptualAlgorithm, registry } from './algorithms/registry.js';
import { type Agreements, agreementAmong, isDoubtful } from './doubt.js';
import { isProven, type Proof, proofOf } from './geometric-proof.js';
import { fullVariant, isEdgeCrop, isInsideFrame, isRegion, minimumQuality, type Orientation } from './hash.js';
import { type ActionMatrix, type Band, contentClasses, type List, listActions, type Outcome, widestThreshold } from './list.js';
import { withoutLoneRegions } from './region-agreement.js';
import { isConfirmed, isVerified, statusOf } from './standing.js';
import { type Candidate, wayOf } from './verdict.js';

export interface Evaluation {
  readonly candidate: Candidate;
  readonly list: List;
  readonly certainty: Band;
  /** By another algorithm, or by other variants that agree on one geometry. */
  readonly corroborated: boolean;
  readonly proof: Proof | undefined;
  /** Evidence enough to act on, if the entry is verified. */
  readonly sure: boolean;
  readonly verified: boolean;
  readonly lowered: boolean;
  readonly outcome: Outcome;
}

/** Blockhash alone must be nearer: of a million unrelated pairs five are within the default of 24 bits, from 22 on (bench/robustness). */
const loneShare = 2 / 3;

/** Drops candidates beyond the thresholds and those that say too little. */
export function evaluateEntry(candidates: readonly Candidate[], list: List): Evaluation[] {
  // A part of an image never hides anything.
  const telling = list.action === 'suppress' ? candidates.filter(isPlain) : candidates;
  const within = withoutLoneRegions(telling.filter((candidate) => candidate.distance <= thresholdOf(candidate, list)));
  if (within.length === 0) return farMatches(telling, list);
  // Nobody corroborates itself, and in a heap nearly every entry has one candidate.
  const witnesses = within.length > 1 || !within[0] || isExact(within[0].algorithm) ? witnessesAmong(within) : noWitnesses;
  const agreement = agreementAmong(within);
  const near = within.flatMap((candidate) => {
    const corroborated = isCorroborated(candidate, witnesses);
    const isLone = candidate.algorithm === 'blockhash' && !corroborated;
    if (isLone && candidate.distance > thresholdOf(candidate, list) * loneShare) return [];
    return [withDoubt(evaluate(candidate, corroborated, list, undefined), agreement)];
  });
  if (near.length === 0) return farMatches(telling, list);
  const needsProof = telling.length > 1 && list.action !== 'suppress' && !near.some(({ sure }) => sure);
  return needsProof ? withProofs(near, within, telling) : near;
}

/** An equal hash and a match that holds anyway need none. */
function withDoubt(one: Evaluation, agreement: Agreements): Evaluation {
  const { candidate, list, certainty, verified } = one;
  if (!one.sure || candidate.algorithm !== 'pdq' || list.action === 'suppress') return one;
  if (!isDoubtful(candidate, agreement, certainty === 'tight')) return one;
  return { ...one, sure: false, outcome: outcomeIf(one.candidate, list, certainty, false, verified) };
}

/** Only where nothing nearer was found, because a far match adds nothing to it. */
function farMatches(candidates: readonly Candidate[], list: List): Evaluation[] {
  const far = candidates.filter(({ mayHold }) => mayHold);
  return far.map((candidate) => evaluate(candidate, false, list, undefined));
}

export function thresholdOf({ algorithm }: Candidate, { thresholds }: List): number {
  return widestThreshold(algorithm, thresholds);
}

/** The whole image, perhaps turned. */
export function isPlain({ variant, queryVariant, negative }: Candidate): boolean {
  return variant === fullVariant && queryVariant === fullVariant && !negative;
}

const noWitnesses: Witnesses = { pdq: new Set(), blockhash: new Set() };

type Witnesses = Readonly<Record<PerceptualAlgorithm, ReadonlySet<Orientation>>>;

/** The orientations in which each algorithm compared a whole picture. */
function witnessesAmong(candidates: readonly Candidate[]): Witnesses {
  const witnesses = { pdq: new Set<Orientation>(), blockhash: new Set<Orientation>() };
  for (const candidate of candidates) {
    const { algorithm, orientation } = candidate;
    if (!isExact(algorithm) && isWhole(candidate)) witnesses[algorithm].add(orientation);
  }
  return witnesses;
}

/** What the candidates of each way, orientation and tone, prove together. */
function withProofs(near: readonly Evaluation[], within: readonly Candidate[], all: readonly Candidate[]): Evaluation[] {
  const proofs = new Map<string, Proof>();
  for (const way of new Set(within.filter(({ algorithm }) => algorithm === 'pdq').map(wayOf))) {
    const isSameWay = (candidate: Candidate) => wayOf(candidate) === way;
    const proof = proofOf(within.filter(isSameWay), all.filter(isSameWay));
    if (proof) proofs.set(way, proof);
  }
  return near.map((one) => {
    const { candidate, list } = one;
    const proof = candidate.algorithm === 'pdq' ? proofs.get(wayOf(candidate)) : undefined;
    return proof && isProven(candidate, proof) ? evaluate(candidate, true, list, proof) : one;
  });
}

/** PDQ and blockhash corroborate each other in the same orientation. */
function isCorroborated({ algorithm, orientation }: Candidate, witnesses: Witnesses): boolean {
  if (isExact(algorithm)) return !registry[algorithm].forgeable || witnesses.pdq.size > 0;
  return witnesses[algorithm === 'pdq' ? 'blockhash' : 'pdq'].has(orientation);
}

function evaluate(candidate: Candidate, corroborated: boolean, list: List, proof: Proof | undefined): Evaluation {
  const { standing } = candidate.entry;
  const certainty = certaintyOf(candidate, list);
  const sure = certainty === 'exact' ? corroborated : proof !== undefined || isSureNear(candidate, corroborated, certainty);
  // An abuser's floods and complaints must not switch off what equals a confirmed entry bit for bit.
  const verified = isDigest(candidate.algorithm)
    ? isConfirmed(standing, list.verification)
    : isVerified(standing, list.verification);
  const lowered = isLowered(candidate, verified);
  const outcome = outcomeIf(candidate, list, certainty, sure, verified);
  return { candidate, list, certainty, corroborated, proof, sure, verified, lowered, outcome };
}

function isLowered({ entry }: Candidate, verified: boolean): boolean {
  const status = statusOf(entry.standing);
  return !verified && (status === 'disputed' || status === 'quarantined');
}

function outcomeIf(candidate: Candidate, list: List, certainty: Band, sure: boolean, verified: boolean): Outcome {
  const outcome = outcomeOf(list, candidate.entry.class, certainty, sure && verified);
  const isHeld = outcome === 'ignore' && list.action !== 'suppress' && isLowered(candidate, verified);
  return isHeld ? 'hold_for_review' : outcome;
}

function certaintyOf(candidate: Candidate, list: List): Band {
  const { algorithm, distance } = candidate;
  if (isExact(algorithm)) return 'exact';
  if (distance > thresholdOf(candidate, list)) return 'far';
  return algorithm === 'pdq' && distance <= list.thresholds.pdq.tight ? 'tight' : 'wide';
}

function isSureNear(candidate: Candidate, corroborated: boolean, certainty: Band): boolean {
  const { algorithm, quality, queryQuality } = candidate;
  if (algorithm !== 'pdq' || !isWhole(candidate)) return false;
  const stored = quality === null || quality >= minimumQuality;
  const query = queryQuality === null ? corroborated : queryQuality >= minimumQuality;
  return stored && query && (corroborated || certainty === 'tight');
}

/**
 * False where only a region, the same side of both pictures, or the picture inside the entry's frame was compared. Two memes may share
 * a picture but not the caption, and a caption moves a blockhash by only 4 to 10 bits.
 */
function isWhole({ variant, queryVariant }: Candidate): boolean {
  const isOfParts = isRegion(variant) || isRegion(queryVariant) || (isEdgeCrop(variant) && isEdgeCrop(queryVariant));
  return !isOfParts && !isInsideFrame(variant);
}

const knownClasses: ReadonlySet<string> = new Set(contentClasses);
const knownOutcomes: ReadonlySet<string> = new Set<Outcome>([...listActions, 'ignore']);

/** A newer version may have written a class or an action that this one does not know: somebody must look. */
export function outcomeOf(list: List, contentClass: string, certainty: Band, verified: boolean): Outcome {
  if (certainty === 'far') return farOutcome(list, contentClass, verified);
  const side = verified ? 'verified' : 'unverified';
  const classes: Readonly<Record<string, ActionMatrix | undefined>> = list.policy.classes ?? {};
  const given = classes[contentClass]?.[side]?.[certainty] ?? list.policy[side]?.[certainty];
  const outcome = given ?? (verified ? list.action : unverifiedOutcome(list));
  return knownClasses.has(contentClass) && knownOutcomes.has(outcome) ? outcome : 'hold_for_review';
}

/** A far match never removes and never hides. A list that ignores wide matches ignores far ones. */
function farOutcome(list: List, contentClass: string, verified: boolean): Outcome {
  const wide = outcomeOf(list, contentClass, 'wide', verified);
  if (wide === 'suppress') return 'ignore';
  return wide === 'remove' || wide === 'remove_and_report' ? 'hold_for_review' : wide;
}

function unverifiedOutcome({ action }: List): Outcome {
  // Integrators want to see that test content is found.
  if (action === 'test_match') return 'test_match';
  // A weak likeness to known-good content means nothing.
  return action === 'suppress' ? 'ignore' : 'hold_for_review';
}
