import type { Algorithm } from './algorithms/registry.js';
import type { EntryFacts } from './entry.js';
import type { Orientation } from './hash.js';
import type { Certainty, ContentClass, ListAction } from './list.js';

/** Strongest first. `no_known_match` says that nothing known was found, never that content is clean. */
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

/** True for an action or a verdict that takes content down. */
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

/** One stored hash that lies within the searched radius of a hash of the query. */
export interface Hit {
  readonly ordinal: number;
  readonly entry: EntryFacts;
  readonly algorithm: Algorithm;
  readonly variant: string;
  /** PDQ quality of the stored hash, 0-100; null when unknown. */
  readonly quality: number | null;
  /** Hamming distance in bits; 0 for equal digests. */
  readonly distance: number;
}

/** A hit together with what is known of the query's side. */
export interface Candidate extends Hit {
  /** What turns the entry into the query. */
  readonly orientation: Orientation;
  /** The query is the negative of what the entry looks like. */
  readonly negative: boolean;
  readonly queryQuality: number | null;
  readonly queryVariant: string;
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
  /** Which of its list's distances it keeps: all that some callers are told. */
  readonly band: Certainty;
  readonly threshold: number;
  readonly orientation: Orientation;
  readonly negative: boolean;
  readonly corroborated: boolean;
  /** What this match alone would lead to. */
  readonly action: ListAction;
  /** Which version of the list's policy said so. */
  readonly policyVersion: number;
}

/** The answer of the policy: a verdict without the envelope of a request. */
export interface Decision {
  readonly verdict: VerdictName;
  readonly reason: UnscannableReason | null;
  readonly matches: readonly Match[];
}
