/** Transitions of an entry, draft -> verified -> (disputed | quarantined) -> withdrawn, and who may make them. */
import type { Actor } from './actor.js';
import { type ClaimedEntry, claimsToEnd, type EndingContext, hadClaim, holdsClaim } from './claims.js';
import type { EntryStatus } from './entry.js';
import { VigieError } from './errors.js';
import { type Lease, refuseLeased } from './lease.js';
import type { Requirement } from './standing.js';

export interface Confirmation {
  readonly person: number;
  readonly organisation: string;
}

export interface EntryUnderReview extends ClaimedEntry {
  /** Null: the service or the command line. */
  readonly author: number | null;
  readonly confirmations: readonly Confirmation[];
  /** At least what the list requires. */
  readonly requirement: Requirement;
  readonly listRequirement: Requirement;
  readonly withdrawalBy: number | null;
  /** The person depicted asked for the withdrawal. `by` is null if no person carried it out. */
  readonly erasure: { readonly by: number | null; readonly waits: boolean } | null;
  /** Null: nobody works on it. It never delays what makes things safer: a dispute or a withdrawal. */
  readonly lease: Lease | null;
}

export type EntryEvent =
  | 'confirm'
  | 'reject'
  | 'dispute'
  | 'quarantine'
  | 'release'
  | 'claim'
  | 'end_claim'
  | 'reclassify'
  | 'ask_withdrawal'
  | 'withdraw'
  | 'confirm_erasure'
  | 'restore'
  | 'expire';

export interface Transition {
  readonly event: EntryEvent;
  readonly to: EntryStatus;
  /** To add; `none`: all confirmations end; null: they stay. */
  readonly confirmation: Confirmation | 'none' | null;
}

/** @throws VigieError `own_work`, `conflict`. */
export function confirm(standing: EntryUnderReview, actor: Actor): Transition {
  const { entry, confirmations, requirement } = standing;
  refuseAuthor(standing, actor, 'confirm');
  if (entry.status === 'withdrawn' || entry.status === 'quarantined') throw refusal(standing, 'confirmed');
  const { person, organisation } = actor;
  if (person === null || organisation === null) throw new VigieError('own_work', 'only a person can confirm an entry: use a key');
  if (confirmations.some((one) => one.person === person)) {
    throw new VigieError('conflict', `you have already confirmed entry ${entry.id}; it is ${entry.status}`);
  }
  refuseLeased(entry.id, standing.lease, person);
  const confirmation = { person, organisation };
  // A verified entry keeps its status when its list raises the requirement. The counts decide what it may do.
  const to = meets(countsWith(standing, confirmation), requirement) ? 'verified' : entry.status;
  return { event: 'confirm', to, confirmation };
}

/** Ends the confirmations of a draft. @throws VigieError `own_work`, `conflict`. */
export function reject(standing: EntryUnderReview, actor: Actor): Transition {
  refuseAuthor(standing, actor, 'reject');
  if (standing.entry.status !== 'draft') throw refusal(standing, 'rejected');
  refuseLeased(standing.entry.id, standing.lease, actor.person);
  return { event: 'reject', to: doubted(standing), confirmation: 'none' };
}

/** Ends the confirmations, even of an entry that feedback has disputed. @throws VigieError `conflict`. */
export function dispute(standing: EntryUnderReview): Transition {
  const { entry, requirement } = standing;
  const isDoubted = entry.status === 'disputed' && !meets(entry.verification, requirement);
  if (isDoubted || entry.status === 'withdrawn') throw refusal(standing, 'disputed');
  return { event: 'dispute', to: doubted(standing), confirmation: 'none' };
}

/** Where a list requires no confirmation, a disputed entry would count as confirmed and its digests would remove. */
function doubted({ listRequirement }: EntryUnderReview): EntryStatus {
  return meets({ people: 0, organisations: 0 }, listRequirement) ? 'draft' : 'disputed';
}

/** Keeps the confirmations, so equal digests still remove. */
export function disputeByFeedback({ entry }: EntryUnderReview): Transition | undefined {
  return entry.status === 'verified' ? { event: 'dispute', to: 'disputed', confirmation: null } : undefined;
}

export function quarantine({ entry }: EntryUnderReview): Transition | undefined {
  return entry.status === 'verified' ? { event: 'quarantine', to: 'quarantined', confirmation: null } : undefined;
}

/** Ends a quarantine or a dispute by feedback. @throws VigieError `own_work`, `conflict`. */
export function release(standing: EntryUnderReview, actor: Actor): Transition {
  const { entry, requirement } = standing;
  refuseAuthor(standing, actor, 'release');
  const isLowered = entry.status === 'quarantined' || entry.status === 'disputed';
  if (!isLowered || !meets(entry.verification, requirement)) throw refusal(standing, 'released');
  refuseLeased(entry.id, standing.lease, actor.person);
  return { event: 'release', to: 'verified', confirmation: null };
}

export function countsWith({ entry, confirmations }: EntryUnderReview, added: Confirmation): Requirement {
  const organisations = new Set([...confirmations, added].map(({ organisation }) => organisation)).size;
  // Entries of early versions have counts but no confirmations by name.
  return { people: entry.verification.people + 1, organisations: Math.max(entry.verification.organisations, organisations) };
}

export interface WithdrawalContext extends EndingContext {
  /** By this person from this list in the last hour. */
  readonly lately: number;
  readonly withdrawalsAnHour: number;
}

/**
 * @returns `claims`: only claims end (`claimsToEnd`), and the entry goes on matching; `asked`: it waits for a second person
 * @throws VigieError `forbidden`, `not_found`, `own_work`
 */
export function withdraw(
  standing: EntryUnderReview,
  actor: Actor,
  context: WithdrawalContext,
): 'claims' | 'asked' | 'done' | 'already' {
  const { entry, withdrawalBy } = standing;
  // An organisation whose claims ended earlier may repeat that, and no more.
  refuseOthers(standing, actor, context.listOwner, context.byVictim ? holdsClaim : hadClaim);
  if (entry.status === 'withdrawn') return 'already';
  const ending = claimsToEnd(standing, actor, context);
  if (ending !== 'all') return ending.length > 0 ? 'claims' : 'already';
  const isSecond = entry.withdrawal !== null && withdrawalBy !== actor.person;
  if (actor.via !== 'key' || isSecond || context.byVictim || context.lately < context.withdrawalsAnHour) return 'done';
  if (entry.withdrawal !== null) {
    throw new VigieError(
      'own_work',
      `you have already asked for the withdrawal of entry ${entry.id}: a second person of your organisation has to withdraw it too`,
    );
  }
  return 'asked';
}

/**
 * Decides about the hashes of an entry that the person depicted wants gone. One person alone must not destroy a collection.
 *
 * @returns `begun`: final after the time to undo it; `asked`: not final before a second person confirms it
 * @throws VigieError `own_work`
 */
export function erase(
  { entry, erasure }: EntryUnderReview,
  actor: Actor,
  { lately, withdrawalsAnHour }: Pick<WithdrawalContext, 'lately' | 'withdrawalsAnHour'>,
): 'begun' | 'asked' | 'confirmed' | 'already' {
  if (!erasure) return actor.via === 'key' && lately >= withdrawalsAnHour ? 'asked' : 'begun';
  if (!erasure.waits) return 'already';
  if (actor.via !== 'key' || erasure.by !== actor.person) return 'confirmed';
  throw new VigieError(
    'own_work',
    `entry ${entry.id} no longer matches, but you have withdrawn too many this hour: another person has to withdraw it with byVictim too before its hashes are deleted`,
  );
}

/** @throws VigieError `forbidden`, `own_work`, `conflict` when the withdrawal may not be undone. */
export function restore(standing: EntryUnderReview, actor: Actor, listOwner: string | null): void {
  const { entry, erasure } = standing;
  refuseOthers(standing, actor, listOwner, holdsClaim);
  if (entry.status !== 'withdrawn') throw refusal(standing, 'restored');
  if (!erasure || actor.via !== 'key' || erasure.by !== actor.person) return;
  throw new VigieError(
    'own_work',
    `you withdrew entry ${entry.id} for the person depicted: another person of your organisation has to restore it`,
  );
}

export function meets({ people, organisations }: Requirement, requirement: Requirement): boolean {
  return people >= requirement.people && organisations >= requirement.organisations;
}

/** Each person who listed the content, also if their claim has ended: the hashes may be theirs. */
function refuseAuthor({ entry, author, claims }: EntryUnderReview, { person }: Actor, act: string): void {
  if (person === null || (person !== author && !claims.some((claim) => claim.person === person))) return;
  throw new VigieError('own_work', `you enrolled entry ${entry.id}: a different person has to ${act} it`);
}

function refuseOthers(
  { entry, claims }: EntryUnderReview,
  { via, organisation }: Actor,
  listOwner: string | null,
  isClaimant: typeof holdsClaim,
): void {
  if (via !== 'key' || (organisation !== null && (organisation === listOwner || isClaimant(claims, organisation)))) return;
  throw new VigieError(
    'forbidden',
    `entry ${entry.id} belongs to another organisation: use POST /v1/entries/${entry.id}/dispute to say what is wrong with it`,
  );
}

function refusal({ entry }: EntryUnderReview, done: string): VigieError {
  return new VigieError('conflict', `entry ${entry.id} is ${entry.status}: it cannot be ${done}`);
}
