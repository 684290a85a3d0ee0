/** Entries that wait for a decision of a person. */
import type { EntryStatus } from './entry.js';

export const waitingStatuses = ['draft', 'disputed', 'quarantined'] as const satisfies readonly EntryStatus[];
export type WaitingStatus = (typeof waitingStatuses)[number];

/** `waiting_for_me`: the caller could confirm the entry now. */
export const queueKinds = ['all', ...waitingStatuses, 'waiting_for_me'] as const;
export type QueueKind = (typeof queueKinds)[number];

/** A quarantined entry is released, not confirmed. */
const confirmable: readonly WaitingStatus[] = ['draft', 'disputed'];

export function statusesOf(kind: QueueKind): readonly WaitingStatus[] {
  if (kind === 'all') return waitingStatuses;
  return kind === 'waiting_for_me' ? confirmable : [kind];
}

export const hindrances = ['own_work', 'already_confirmed', 'no_right'] as const;
export type Hindrance = (typeof hindrances)[number];

export interface Decider {
  readonly mayVerify: boolean;
  readonly ownWork: boolean;
  readonly confirmedByMe: boolean;
}

export interface WaitingEntry {
  readonly status: EntryStatus;
  /** It has the confirmations that its list requires: it was lowered, and can be released. */
  readonly isConfirmed: boolean;
}

/** Why this person can neither confirm nor release the entry. Null: they can, unless another person holds the lease. */
export function hindranceOf({ status, isConfirmed }: WaitingEntry, decider: Decider): Hindrance | null {
  if (!decider.mayVerify) return 'no_right';
  if (decider.ownWork) return 'own_work';
  const isReleasable = status === 'quarantined' || (status === 'disputed' && isConfirmed);
  return decider.confirmedByMe && !isReleasable ? 'already_confirmed' : null;
}
