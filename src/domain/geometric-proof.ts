/**
 * Variants of one entry that agree on one geometry: surer than one hash. A picture that merely shares a part with the entry does not
 * lie on it better after a crop, a tilt or a band is undone; a copy does (docs/decisions/0040-geometric-proof.md).
 */
import { fullVariant, isEdgeCrop, isInsideFrame, isRegion } from './hash.js';
import { isWholePlacement, liesAt, placementOf } from './placement.js';
import type { Candidate } from './verdict.js';
import { coveredShare, type View, viewOf, wholeView } from './view.js';

export interface Proof {
  readonly placement: View;
  /** The share of the query in which parts of both pictures were compared and agree. 1 if only wholes were compared. */
  readonly agreeing: number;
}

/** In bits, by which undoing the edit must make the pictures more alike than they are as they stand. Chosen in bench:robustness. */
const betterThanWhole = 12;
/** A side that was cut off is missing from the hash, so the kept part must agree as well. */
const maxOfCutSide = { ofFramed: 40, ofOthers: 60 };
const maxBesideBand = 56;
const minBesideBand = 0.5;
/** A narrow band hardly changes the distance of the wholes, but leaves more of the picture. */
const maxUnderNarrowBand = 40;
const minBesideNarrowBand = 0.75;
/** Under a sticker in one corner, the other parts still agree. */
const maxUnderSticker = 64;
const minAroundSticker = 0.93;
/** A copy has up to forty. A hostile query has a thousand. */
const maxWitnesses = 64;
/** A region that a sticker or another subject touches is further away. */
const maxBesideSticker = 22;

/**
 * The geometry that the candidates of one entry prove, in one orientation and tone. `near`: those within the thresholds of the list.
 * `all`: also further ones, with the distance of the wholes.
 */
export function proofOf(near: readonly Candidate[], all: readonly Candidate[]): Proof | undefined {
  const wholes = all.filter(isWholeOfEntry).sort((a, b) => a.distance - b.distance);
  const asTheyStand = Math.min(...wholes.filter(isAsItStands).map(({ distance }) => distance));
  const parts = nearestOfEach(near.filter(isPart));
  const isNear = new Set(near);
  const isFramed = all.some(({ variant }) => isInsideFrame(variant));
  for (const witness of wholes.slice(0, maxWitnesses)) {
    const proof = provenBy(witness, parts, asTheyStand, { isNear: isNear.has(witness), isFramed });
    if (proof) return proof;
  }
  return undefined;
}

/** A hostile query repeats one part a hundred times. */
function nearestOfEach(parts: readonly Candidate[]): Candidate[] {
  const nearest = new Map<string, Candidate>();
  for (const part of parts) {
    const known = nearest.get(part.variant);
    if (!known || part.distance < known.distance) nearest.set(part.variant, part);
  }
  return [...nearest.values()];
}

/** True if the candidate belongs to the geometry that was proven. */
export function isProven(candidate: Candidate, { placement }: Proof): boolean {
  return placementOf(candidate) === undefined ? isPart(candidate) && liesAt(placement, candidate) : liesAt(placement, candidate);
}

function provenBy(
  witness: Candidate,
  parts: readonly Candidate[],
  asTheyStand: number,
  { isNear, isFramed }: { readonly isNear: boolean; readonly isFramed: boolean },
): Proof | undefined {
  const placement = placementOf(witness);
  // The distance of the wholes is unknown if the engine cannot look it up.
  if (!placement || asTheyStand === Number.POSITIVE_INFINITY) return undefined;
  const { distance, queryVariant } = witness;
  const isBetter = distance + betterThanWhole <= asTheyStand;
  const isMoved = !isWholePlacement(placement);
  if (isNear && isMoved && isBetter) return { placement, agreeing: 1 };
  const there = () => parts.filter((part) => liesAt(placement, part));
  if (isCutSide(queryVariant)) {
    const isEnough = isBetter && distance <= (isFramed ? maxOfCutSide.ofFramed : maxOfCutSide.ofOthers);
    return isEnough ? withKeptEdge(placement, there()) : undefined;
  }
  if (queryVariant === 'unbanded') {
    // The band of the entry may say something else.
    if (isFramed || distance > maxBesideBand) return undefined;
    const isNearer = distance < asTheyStand && distance <= maxUnderNarrowBand;
    return isBetter || isNearer ? besideBand(placement, there(), isBetter ? minBesideBand : minBesideNarrowBand) : undefined;
  }
  return !isMoved && distance <= maxUnderSticker ? aroundSticker(placement, there()) : undefined;
}

function withKeptEdge(placement: View, parts: readonly Candidate[]): Proof | undefined {
  const keepsEdge = parts.some(({ variant }) => isEdgeCrop(variant));
  return keepsEdge ? { placement, agreeing: coveredShare(parts.map(seenInQuery)) } : undefined;
}

function besideBand(placement: View, parts: readonly Candidate[], min: number): Proof | undefined {
  const agreeing = coveredShare(parts.map(seenInQuery));
  return agreeing >= min ? { placement, agreeing } : undefined;
}

function aroundSticker(placement: View, parts: readonly Candidate[]): Proof | undefined {
  const untouched = parts.filter(({ variant, distance }) => isRegion(variant) && distance <= maxBesideSticker);
  const agreeing = coveredShare(untouched.map(seenInQuery));
  return agreeing >= minAroundSticker ? { placement, agreeing } : undefined;
}

/** The frame of an entry may hold other pictures or a text, so the picture inside it is not the whole. */
function isWholeOfEntry({ algorithm, variant, queryVariant }: Candidate): boolean {
  if (algorithm !== 'pdq' || isRegion(variant) || isRegion(queryVariant) || isEdgeCrop(queryVariant)) return false;
  return viewOf(variant) !== undefined;
}

function isAsItStands({ variant, queryVariant }: Candidate): boolean {
  return variant === fullVariant && queryVariant === fullVariant;
}

function isPart({ variant, queryVariant }: Candidate): boolean {
  return variant === queryVariant && (isRegion(variant) || isEdgeCrop(variant));
}

function isCutSide(queryVariant: string): boolean {
  return /^extended_(left|right|top|bottom)_/.test(queryVariant);
}

/** An edge crop shows between 64 and 100 % of the query, so 64 %. */
const keptShare = 0.64;

function seenInQuery({ variant, queryView }: Candidate): View {
  if (queryView) return queryView;
  const kept = {
    keep_left: { ...wholeView, right: keptShare },
    keep_right: { ...wholeView, left: 1 - keptShare },
    keep_top: { ...wholeView, bottom: keptShare },
    keep_bottom: { ...wholeView, top: 1 - keptShare },
  }[variant];
  return kept ?? viewOf(variant) ?? wholeView;
}
