import type { ContentClass } from '../list.js';
import type { Period } from '../period.js';

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
  /** Null: without undue delay. */
  readonly within: Period | null;
  /** Null: done once, or the law names no end. */
  readonly lasts: Period | null;
  readonly recipients: readonly Recipient[];
  readonly basis: string;
  /** Absent: all. */
  readonly classes?: readonly ContentClass[];
  /** Null: always. */
  readonly when: string | null;
}

export interface Regime {
  /** Permanent: organisations and orders refer to it. */
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly classes: readonly ContentClass[];
  readonly actions: readonly ('remove' | 'remove_and_report')[];
  readonly duties: readonly Duty[];
  readonly pauses: readonly PauseReason[];
  readonly priority: boolean;
  /** What to check in which source; null: checked. */
  readonly unverified: string | null;
}

export function duty(
  name: DutyName,
  startsFrom: ClockStart,
  basis: string,
  rest: Partial<Omit<Duty, 'duty' | 'startsFrom' | 'basis'>> = {},
): Duty {
  return { duty: name, startsFrom, within: null, lasts: null, recipients: [], basis, when: null, ...rest };
}

export const removals = ['remove', 'remove_and_report'] as const;

/** Without `cse_borderline`, which is legal in some countries. */
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
/** Whatever a platform may take down, even if only under its own terms. */
export const everythingRemoved: readonly ContentClass[] = [
  ...childAbuse,
  'ncii_adult',
  'ncii_synthetic',
  'cse_borderline',
  'tvec',
  'unclassified',
];
