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

/** Some parts are equal, others are not, and the wholes are far apart: the rest shows something else. In bits. */
const maxEqualPart = 2;
const minEqualParts = 3;
const maxSamePart = 10;
const maxBesideEqualParts = 24;

/** `ofEntry`: all candidates of the entry within the thresholds. `isTight`: the list calls the distance tight. */
export function isDoubtful(candidate: Candidate, ofEntry: readonly Candidate[], isTight: boolean): boolean {
  const { variant, queryVariant, distance } = candidate;
  if (distance <= maxUndoubted) return false;
  const regions = regionsInPlace(candidate, ofEntry);
  const agreeing = shareOf(regions);
  const equal = regions.filter((one) => one.distance <= maxEqualPart).length;
  if (distance > maxBesideEqualParts && equal >= minEqualParts) {
    if (shareOf(regions.filter((one) => one.distance <= maxSamePart)) < minAgreeing) return true;
  }
  // The regions of a crop or a tilt lie elsewhere.
  if (variant === queryVariant && isTight) return agreeing >= minCompared && agreeing < minAgreeing;
  const isInPlace = variant === queryVariant || queryVariant === 'unbanded';
  // Two captions under one photograph differ by four bits of a blockhash.
  return isInPlace && ofEntry.some((one) => isInsideFrame(one.variant)) && agreeing < minAgreeingOfFramed;
}

function shareOf(regions: readonly Candidate[]): number {
  return coveredShare(regions.map(({ variant }) => viewOf(variant)).filter((view) => view !== undefined));
}

function regionsInPlace({ orientation, negative }: Candidate, ofEntry: readonly Candidate[]): Candidate[] {
  return ofEntry.filter(
    (one) =>
      isRegion(one.variant) && one.variant === one.queryVariant && one.orientation === orientation && one.negative === negative,
  );
}
