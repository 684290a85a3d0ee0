/**
 * Reasons to hold pictures whose wholes are near: the parts of both are compared as well. Found with the pairs of
 * bench/robustness/adversarial, which share a part and are different pictures.
 */
import { isInsideFrame } from './hash.js';
import { isInPlace } from './region-agreement.js';
import { type Candidate, wayOf } from './verdict.js';
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

/** How the regions of two pictures agree in one way. Shares of the area. */
interface Agreement {
  readonly agreeing: number;
  /** Regions that are equal but for a bit or two. */
  readonly equal: number;
  /** Of the regions that are the same. */
  readonly same: number;
}

export interface Agreements {
  readonly isFramed: boolean;
  of(candidate: Candidate): Agreement;
}

/** `ofEntry`: all candidates of the entry within the thresholds. Computed once per way: a hostile query has a thousand candidates. */
export function agreementAmong(ofEntry: readonly Candidate[]): Agreements {
  const known = new Map<string, Agreement>();
  return {
    get isFramed() {
      return ofEntry.some(({ variant }) => isInsideFrame(variant));
    },
    of(candidate) {
      const way = wayOf(candidate);
      const agreement = known.get(way) ?? agreementOf(ofEntry.filter((one) => isInPlace(one) && wayOf(one) === way));
      known.set(way, agreement);
      return agreement;
    },
  };
}

/** `isTight`: the list calls the distance tight. */
export function isDoubtful(candidate: Candidate, agreements: Agreements, isTight: boolean): boolean {
  const { variant, queryVariant, distance } = candidate;
  if (distance <= maxUndoubted) return false;
  const { agreeing, equal, same } = agreements.of(candidate);
  if (distance > maxBesideEqualParts && equal >= minEqualParts && same < minAgreeing) return true;
  // The regions of a crop or a tilt lie elsewhere.
  if (variant === queryVariant && isTight) return agreeing >= minCompared && agreeing < minAgreeing;
  const stands = variant === queryVariant || queryVariant === 'unbanded';
  // Two captions under one photograph differ by four bits of a blockhash.
  return stands && agreeing < minAgreeingOfFramed && agreements.isFramed;
}

function agreementOf(regions: readonly Candidate[]): Agreement {
  const nearest = new Map<string, number>();
  for (const { variant, distance } of regions) nearest.set(variant, Math.min(distance, nearest.get(variant) ?? distance));
  const within = (max: number) => [...nearest].filter(([, distance]) => distance <= max).map(([variant]) => variant);
  return {
    agreeing: shareOf([...nearest.keys()]),
    equal: within(maxEqualPart).length,
    same: shareOf(within(maxSamePart)),
  };
}

function shareOf(variants: readonly string[]): number {
  return coveredShare(variants.map(viewOf).filter((view) => view !== undefined));
}
