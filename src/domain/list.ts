/** Hash lists: who says what content is, and what a platform does about it. */

export const listActions = ['remove', 'remove_and_report', 'hold_for_review', 'suppress', 'test_match'] as const;
export type ListAction = (typeof listActions)[number];

/** What an entry shows (`docs` of the field: verdicts, section 4). */
export const contentClasses = [
  'csam_baseline',
  'csam_illegal',
  'csam_a1',
  'csam_a2',
  'csam_b1',
  'csam_b2',
  'cse_borderline',
  'csam_synthetic',
  'ncii_adult',
  'ncii_minor',
  'ncii_synthetic',
  'tvec',
  'test',
  'known_good',
  'unclassified',
] as const;
export type ContentClass = (typeof contentClasses)[number];

/** Hamming distances in bits of 256; a match is at most that far away. */
export interface Thresholds {
  readonly pdq: { readonly tight: number; readonly wide: number };
  readonly blockhash: number;
}

/** The largest PDQ distance a list may ask for: PDQ of unrelated photographs start at 84. */
export const widestPdq = 63;
/** The largest blockhash distance a list may ask for. */
export const widestBlockhash = 63;

/**
 * PDQ: 31 is the reference's "confident" distance. Blockhash: of 600 edited copies that PDQ finds 98 % are within 24 bits (contrast and grey
 * 91-94 %), unrelated photographs from 42, 99 % of them from 66 (`npm run bench:imaging`).
 */
export const defaultThresholds: Thresholds = { pdq: { tight: 16, wide: 31 }, blockhash: 24 };

export interface List {
  readonly id: string;
  readonly title: string;
  readonly class: ContentClass;
  readonly action: ListAction;
  readonly thresholds: Thresholds;
  readonly enabled: boolean;
}
