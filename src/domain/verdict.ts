import type { Algorithm } from './algorithms/registry.js';
import type { EntryFacts } from './entry.js';
import type { Orientation } from './hash.js';
import type { Band, ContentClass, ListAction } from './list.js';
import type { View } from './view.js';

/** Strongest first. `no_known_match` never means that content is harmless. */
export const verdictNames = [
  'remove_and_report',
  'remove',
  'hold_for_review',
  'quarantined',
  'suppressed',
  'test_match',
  'unscannable',
  'no_known_match',
] as const;
export type VerdictName = (typeof verdictNames)[number];

export type RemovalAction = 'remove' | 'remove_and_report';

export function isRemoval(action: string): action is RemovalAction {
  return action === 'remove' || action === 'remove_and_report';
}

export const unscannableReasons = [
  'not_an_image',
  'truncated',
  'too_many_pixels',
  'too_many_frames',
  'too_small',
  'flat',
  'timeout',
  'decoder_crashed',
  'unsupported_format',
] as const;
export type UnscannableReason = (typeof unscannableReasons)[number];

/** A stored hash that the index found for a hash of the query. */
export interface Hit {
  readonly ordinal: number;
  readonly entry: EntryFacts;
  readonly algorithm: Algorithm;
  readonly variant: string;
  /** Of the stored hash; null: unknown. */
  readonly quality: number | null;
  /** In bits. */
  readonly distance: number;
}

/** A hit with what is known of the query's hash. */
export interface Candidate extends Hit {
  /** Turns the entry's picture into the query's. */
  readonly orientation: Orientation;
  readonly negative: boolean;
  readonly queryQuality: number | null;
  readonly queryVariant: string;
  /** What the query's variant shows of it, where its name does not say. */
  readonly queryView?: View | undefined;
  /** Beyond the thresholds of the list, but so near that unrelated pictures of this structure hardly ever are (hold-radius.ts). */
  readonly mayHold?: boolean | undefined;
}

/** Shares of the width or height, 0 to 1. */
export interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The orientation and the negative stand beside it in a match. */
export interface Transformation {
  /** Degrees, clockwise. */
  readonly tilt: number;
  /** What is cut off each side of the entry's picture. Null: the variants do not say. */
  readonly crop: Edges | null;
  /** What each side of the query shows around the picture. Null: the variants do not say. */
  readonly frame: Edges | null;
  /** The share of the query, without its frame, that was found to be the same. */
  readonly agreeing: number;
}

/** The orientation and tone in which two pictures were compared. */
export function wayOf({ orientation, negative }: Pick<Candidate, 'orientation' | 'negative'>): string {
  return negative ? `${orientation} negative` : orientation;
}

/** One reason for a verdict, as the API shows it. */
export interface Match {
  readonly entry: string;
  readonly list: string;
  readonly class: ContentClass;
  readonly matchType: 'exact' | 'near';
  readonly algorithm: Algorithm;
  readonly variant: string;
  readonly distance: number;
  readonly band: Band;
  readonly threshold: number;
  readonly orientation: Orientation;
  readonly negative: boolean;
  readonly corroborated: boolean;
  readonly transformation: Transformation | null;
  readonly action: ListAction;
  readonly policyVersion: number;
}

export interface Decision {
  readonly verdict: VerdictName;
  readonly reason: UnscannableReason | null;
  readonly matches: readonly Match[];
}
