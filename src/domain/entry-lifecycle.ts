/**
 * What may become of an entry, and who may do it: draft -> verified -> (disputed | quarantined) -> withdrawn. Pure: each function is shown how the
 * entry stands, under lock, and gives what changes, or refuses.
 */
import type { Actor } from './actor.js';
import type { Entry, EntryStatus } from './entry.js';
import { VigieError } from './errors.js';
import type { Requirement } from './standing.js';

export interface Confirmation {
  readonly person: number;
  readonly organisation: string;
}

/** An entry as it stands, with what its page does not show. */
export interface EntryUnderReview {
  readonly entry: Entry;
  /** Who enrolled it; null: the machine itself. */
  readonly author: number | null;
  readonly confirmations: readonly Confirmation[];
  readonly requirement: Requirement;
  /** Who asked for its withdrawal; null: nobody. */
  readonly withdrawalBy: number | null;
}

export type EntryEvent =
  | 'confirm'
  | 'reject'
  | 'dispute'
  | 'quarantine'
  | 'release'
  | 'ask_withdrawal'
  | 'withdraw'
  | 'restore'
  | 'expire';

export interface Transition {
  readonly event: EntryEvent;
  readonly to: EntryStatus;
  /** Who stands behind it now as well; `none`: nobody does any more; null: who did, does. */
  readonly confirmation: Confirmation | 'none' | null;
}

/** Somebody else stands behind the entry; enough of them make it verified. @throws VigieError `own_work`, `conflict`. */
export function confirm(standing: EntryUnderReview, actor: Actor): Transition {
  const { entry, confirmations, requirement } = standing;
  refuseAuthor(standing, actor, 'confirm');
  if (entry.status === 'withdrawn' || entry.status === 'quarantined') throw refusal(standing, 'confirmed');
  const { person, organisation } = actor;
  if (person === null || organisation === null) throw new VigieError('own_work', 'only a person can confirm an entry');
  if (confirmations.some((one) => one.person === person)) {
    throw new VigieError('conflict', `you have confirmed entry ${entry.id} already; it is ${entry.status}`);
  }
  const confirmation = { person, organisation };
  // Of a list that asks for more than it did, what was verified stays so in name; what it may do is read off the counts.
  const unmet = entry.status;
  const to = meets(countsWith(standing, confirmation), requirement) ? 'verified' : unmet;
  return { event: 'confirm', to, confirmation };
}

/** A draft is not what it claims to be: it keeps holding, and nobody's confirmation counts any more. @throws as `confirm`. */
export function reject(standing: EntryUnderReview, actor: Actor): Transition {
  refuseAuthor(standing, actor, 'reject');
  if (standing.entry.status !== 'draft') throw refusal(standing, 'rejected');
  return { event: 'reject', to: doubted(standing), confirmation: 'none' };
}

/**
 * Somebody doubts it: it holds until as many as its list asks for have looked again. What platforms disputed before still has its
 * confirmations, which end here. @throws VigieError `conflict`.
 */
export function dispute(standing: EntryUnderReview): Transition {
  const { entry, requirement } = standing;
  const isDoubted = entry.status === 'disputed' && !meets(entry.verification, requirement);
  if (isDoubted || entry.status === 'withdrawn') throw refusal(standing, 'disputed');
  return { event: 'dispute', to: doubted(standing), confirmation: 'none' };
}

/** Where a list asks for nobody, a disputed entry counts as confirmed, and what equals it would be removed: only a draft holds everything. */
function doubted({ requirement }: EntryUnderReview): EntryStatus {
  return meets({ people: 0, organisations: 0 }, requirement) ? 'draft' : 'disputed';
}

/** Platforms doubt it. Its confirmations stand: what equals it bit for bit is judged as before. Undefined: there is nothing to lower. */
export function disputeByFeedback({ entry }: EntryUnderReview): Transition | undefined {
  return entry.status === 'verified' ? { event: 'dispute', to: 'disputed', confirmation: null } : undefined;
}

/** It matches far more than it ever did. Undefined: there is nothing to lower. */
export function quarantine({ entry }: EntryUnderReview): Transition | undefined {
  return entry.status === 'verified' ? { event: 'quarantine', to: 'quarantined', confirmation: null } : undefined;
}

/** Somebody has looked: the flood, or what platforms said, was no reason. @throws VigieError `own_work`, `conflict`. */
export function release(standing: EntryUnderReview, actor: Actor): Transition {
  const { entry, requirement } = standing;
  refuseAuthor(standing, actor, 'release');
  const isLowered = entry.status === 'quarantined' || entry.status === 'disputed';
  if (!isLowered || !meets(entry.verification, requirement)) throw refusal(standing, 'released');
  return { event: 'release', to: 'verified', confirmation: null };
}

/** How many stand behind an entry once this one does, too. */
export function countsWith({ entry, confirmations }: EntryUnderReview, added: Confirmation): Requirement {
  const organisations = new Set([...confirmations, added].map(({ organisation }) => organisation)).size;
  // Entries of before people had names are confirmed by as many as their list asked for, whoever that was.
  return { people: entry.verification.people + 1, organisations: Math.max(entry.verification.organisations, organisations) };
}

/** Whether a withdrawal is done at once, or asks for a second person. */
export interface WithdrawalContext {
  /** Withdrawals of this list by this person in the last hour. */
  readonly lately: number;
  readonly withdrawalsAnHour: number;
  /** Whose list it is: it answers for everything on it. */
  readonly listOwner: string | null;
  /** Who is shown asked for it: nobody makes a victim wait. */
  readonly byVictim: boolean;
}

/**
 * `asked`: it waits for a second person; `already`: it is withdrawn, and a retry changes nothing.
 *
 * @throws VigieError `forbidden` for others than the owning organisation, `own_work`.
 */
export function withdraw(standing: EntryUnderReview, actor: Actor, context: WithdrawalContext): 'asked' | 'done' | 'already' {
  const { entry, withdrawalBy } = standing;
  refuseOthers(entry, actor, context.listOwner);
  if (entry.status === 'withdrawn') return 'already';
  const isSecond = entry.withdrawal !== null && withdrawalBy !== actor.person;
  if (actor.via !== 'key' || isSecond || context.byVictim || context.lately < context.withdrawalsAnHour) return 'done';
  if (entry.withdrawal !== null) {
    throw new VigieError(
      'own_work',
      `you have asked for the withdrawal of entry ${entry.id}: a second person of your organisation confirms it`,
    );
  }
  return 'asked';
}

/** An undone withdrawal: the entry stands as it stood. @throws VigieError `forbidden`, `conflict`. */
export function restore(standing: EntryUnderReview, actor: Actor, listOwner: string | null): void {
  refuseOthers(standing.entry, actor, listOwner);
  if (standing.entry.status !== 'withdrawn') throw refusal(standing, 'restored');
}

function meets({ people, organisations }: Requirement, requirement: Requirement): boolean {
  return people >= requirement.people && organisations >= requirement.organisations;
}

function refuseAuthor({ entry, author }: EntryUnderReview, { person }: Actor, deed: string): void {
  if (person === null || person !== author) return;
  throw new VigieError('own_work', `entry ${entry.id} is your own work: somebody else has to ${deed} it`);
}

function refuseOthers({ id, organisation }: Entry, actor: Actor, listOwner: string | null): void {
  const owners = [organisation, listOwner];
  if (actor.via !== 'key' || (actor.organisation !== null && owners.includes(actor.organisation))) return;
  throw new VigieError(
    'forbidden',
    `entry ${id} belongs to another organisation: POST /v1/entries/${id}/dispute says what is wrong with it`,
  );
}

function refusal({ entry }: EntryUnderReview, deed: string): VigieError {
  return new VigieError('conflict', `entry ${entry.id} is ${entry.status}: it cannot be ${deed}`);
}
