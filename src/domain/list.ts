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
 * PDQ: 31 is the reference's "confident" distance. Blockhash (`npm run bench:imaging`): nine of ten copies that PDQ finds are within 24 bits (more
 * contrast and grey excepted), and 99 % of unrelated pictures, desktop artwork among them, are beyond 35. A few come as near as 20, so a
 * blockhash bears out a PDQ match, never removes by itself, and must be nearer to count at all (policy.ts).
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
