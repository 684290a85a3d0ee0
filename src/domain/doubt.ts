/**
 * Reasons to hold pictures whose wholes are near: the parts of both are compared as well. Found with the pairs of
 * bench/robustness/adversarial, which share a part and are different pictures.
 */
import { isInsideFrame, isRegion } from './hash.js';
import type { Candidate } from './verdict.js';
import { coveredShare, viewOf } from './view.js';

/** Bits. Nearer wholes differ by no part that matters: none of 1 100 pairs. */
const maxUndoubted = 13;
/** Fewer regions say nothing: parts of the entry may be too even to have a hash. */
const minCompared = 0.5;
/** Shares of the area. */
const minAgreeing = 0.9;
const minAgreeingOfFramed = 0.75;

/** `ofEntry`: all candidates of the entry within the thresholds. `isTight`: the list calls the distance tight. */
export function isDoubtful(candidate: Candidate, ofEntry: readonly Candidate[], isTight: boolean): boolean {
  const { variant, queryVariant, distance } = candidate;
  const isUnbanded = queryVariant === 'unbanded';
  // A crop or a tilt that is near is no chance, and its regions lie elsewhere.
  if ((variant !== queryVariant && !isUnbanded) || distance <= maxUndoubted) return false;
  if (isTight && !isUnbanded) {
    const agreeing = agreeingShare(candidate, ofEntry);
    return agreeing >= minCompared && agreeing < minAgreeing;
  }
  // Two captions under one photograph differ by four bits of a blockhash.
  return ofEntry.some((one) => isInsideFrame(one.variant)) && agreeingShare(candidate, ofEntry) < minAgreeingOfFramed;
}

function agreeingShare({ orientation, negative }: Candidate, ofEntry: readonly Candidate[]): number {
  const regions = ofEntry.filter(
    (one) =>
      isRegion(one.variant) && one.variant === one.queryVariant && one.orientation === orientation && one.negative === negative,
  );
  return coveredShare(regions.map(({ variant }) => viewOf(variant)).filter((view) => view !== undefined));
}
