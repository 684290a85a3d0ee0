/** What a legal regime is, as data. A regime is a setting that an organisation switches on for itself; none of it is advice. */
import type { ContentClass } from '../list.js';
import type { Period } from '../period.js';

/** What starts a clock: the service found a match, somebody told the platform, or an authority ordered it. */
export const clockStarts = ['detected', 'notice_received', 'order_received'] as const;
export type ClockStart = (typeof clockStarts)[number];

export const dutyNames = [
  'remove',
  'remove_copies',
  'report',
  'inform_issuer',
  'inform_uploader',
  'publish_reasons',
  'accept_complaints',
  'preserve',
  'destroy',
] as const;
export type DutyName = (typeof dutyNames)[number];

export const recipients = [
  'ofac',
  'cnaip',
  'ncmec_cybertipline',
  'issuing_authority',
  'competent_authority',
  'hotline',
  'notifier',
  'dsa_transparency_database',
] as const;
export type Recipient = (typeof recipients)[number];

export const pauseReasons = ['force_majeure', 'insufficient_information'] as const;
export type PauseReason = (typeof pauseReasons)[number];

export interface Duty {
  readonly duty: DutyName;
  readonly startsFrom: ClockStart;
  /** When it must be done; null: "without undue delay", "promptly" and the like. */
  readonly within: Period | null;
  /** How long it goes on, for `preserve` and `accept_complaints`; null: the law names no end, or it is done once. */
  readonly lasts: Period | null;
  readonly recipients: readonly Recipient[];
  /** Article or section. */
  readonly basis: string;
  /** Only these of the regime's classes; absent: all of them. */
  readonly classes?: readonly ContentClass[];
  /** Where it does not always hold, in words; null: always. */
  readonly when: string | null;
}

export interface Regime {
  /** lower_snake_case; kept for ever, because organisations and orders name it. */
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly classes: readonly ContentClass[];
  readonly actions: readonly ('remove' | 'remove_and_report')[];
  readonly duties: readonly Duty[];
  /** Why its clock may be stopped; empty: it may not. */
  readonly pauses: readonly PauseReason[];
  /** Notices under it go before others. */
  readonly priority: boolean;
  /** What to check in which source, because nobody has done so yet; null: the row was checked. */
  readonly unverified: string | null;
}

/** A duty with what most of them have in common. */
export function duty(
  name: DutyName,
  startsFrom: ClockStart,
  basis: string,
  rest: Partial<Omit<Duty, 'duty' | 'startsFrom' | 'basis'>> = {},
): Duty {
  return { duty: name, startsFrom, within: null, lasts: null, recipients: [], basis, when: null, ...rest };
}

export const removals = ['remove', 'remove_and_report'] as const;

/** Sexual abuse of children. Not `cse_borderline`, which is what is legal in some place. */
export const childAbuse: readonly ContentClass[] = [
  'csam_baseline',
  'csam_illegal',
  'csam_a1',
  'csam_a2',
  'csam_b1',
  'csam_b2',
  'csam_synthetic',
  'ncii_minor',
];
export const intimateImages: readonly ContentClass[] = ['ncii_adult', 'ncii_minor', 'ncii_synthetic'];
/** Whatever a platform takes down, be it for its own terms only. */
export const everythingRemoved: readonly ContentClass[] = [
  ...childAbuse,
  'ncii_adult',
  'ncii_synthetic',
  'cse_borderline',
  'tvec',
  'unclassified',
];
