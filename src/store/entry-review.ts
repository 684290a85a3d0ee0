import type { Actor } from '../domain/actor.js';
import { type Entry, entryIdOf, uuidOfClaimId } from '../domain/entry.js';
import { countsWith, type EntryEvent, type Transition } from '../domain/entry-lifecycle.js';
import { appendAct } from './audit.js';
import { endAllClaims, endClaims, reopenClaims } from './claims.js';
import type { Database, Queryable } from './database.js';
import { endLeaseOf } from './entry-leases.js';
import { type LockedEntry, lockEntry } from './entry-lock.js';
import { type EntryRow, entryColumns, entryOf } from './entry-rows.js';
import { type StoredState, stateOf } from './entry-state.js';
import { bytesOf, columnsFromHex } from './hash-value.js';

export interface HistoryLine {
  readonly event: string;
  readonly person: number | null;
  readonly organisation: string | null;
  readonly reason: string | null;
  readonly from: string;
  readonly to: string;
  readonly at: Date;
}

/** `asked`: a second person must confirm it. `final`: nothing undoes it. */
export type NewErasure = 'begun' | 'asked' | 'final';

export interface Tombstone {
  readonly sealed: Buffer | null;
  /** Keyed hashes of the hashes, which the list refuses from now on. */
  readonly marks: readonly Uint8Array[];
  /** Absent if the person depicted did not ask for it. */
  readonly erasure?: NewErasure | undefined;
}

export interface SealedHash {
  readonly algorithm: string;
  readonly variant: string;
  readonly hex: string;
  readonly quality: number | null;
}

const deleteConfirmations = 'delete from confirmation where entry = $1';
const insertConfirmation = `
  insert into confirmation (entry, person, organisation, reason) values ($1, $2, $3, $4)`;
// An identity may be the SHA-256 of the content.
const clearIdentity = "update entry set identity = sha256(convert_to(id::text, 'UTF8')) where id = $1";
const setIdentity = 'update entry set identity = $2 where id = $1';
const updateEntry = `
  update entry set status = $2, people = $3, organisations = $4, updated_at = now(),
    status_since = case when status = $2 then status_since else now() end where id = $1`;
// Notes and metadata of platforms.
const forgetHmaContent = 'delete from hma_content where entry = $1';
const clearWithdrawalRequest =
  'update entry set withdrawal_person = null, withdrawal_reason = null, withdrawal_at = null where id = $1';
const setWithdrawalRequest = `
  update entry set withdrawal_person = $2, withdrawal_reason = $3, withdrawal_at = now(), updated_at = now() where id = $1`;
const insertEvent = `
  insert into entry_event (entry, event, person, organisation, reason, came_from, went_to) values ($1, $2, $3, $4, $5, $6, $7)`;
const noteChange = "insert into change (kind, subject) values ('entry', $1)";
// Otherwise two concurrent withdrawals of one person would not count each other. Foreign keys do not wait for this lock.
const lockPerson = 'select id from person where id = $1 for no key update';
const countWithdrawals = `
  select count(*)::int as count from entry_event v join entry e on e.id = v.entry
  where v.event = 'withdraw' and v.person = $1 and v.at > now() - interval '1 hour' and e.list = $2`;
const selectHashes = `
  select algorithm, variant, encode(${bytesOf('hash')}, 'hex') as hex, quality
  from hash where entry = $1 order by ordinal`;
const deleteHashes = `
  with gone as (delete from hash where entry = $1::uuid returning ordinal)
  insert into change (kind, subject, ordinals) values ('entry', $1::text, array(select ordinal from gone))`;
const upsertTombstone = `
  insert into tombstone (entry, list, stood, sealed, sealed_until, by_victim, organisation)
  values ($1, $2, $3, $4, now() + $5 * interval '1 day', false, $6)
  on conflict (entry) do update set stood = excluded.stood, sealed = excluded.sealed, sealed_until = excluded.sealed_until,
    by_victim = false, erasure_at = null, erasure_waits = false, organisation = excluded.organisation, at = now()`;
const insertMarks = `
  insert into tombstone_mark (list, mark, entry) select $1, m, $2 from unnest($3::bytea[]) as m on conflict do nothing`;
// An erasure never lengthens the life of a seal.
const beginErasure = `
  update tombstone set by_victim = true, erasure_person = $2, erasure_at = now(), erasure_waits = $3 and sealed is not null, organisation = $4,
    sealed_until = case when $3 then sealed_until else least(sealed_until, now() + $5 * interval '1 hour') end
  where entry = $1`;
const confirmErasure = `
  update tombstone set erasure_waits = false, erasure_confirmed_by = $2,
    sealed_until = least(sealed_until, greatest(now(), erasure_at + $3 * interval '1 hour')),
    sealed = case when erasure_at + $3 * interval '1 hour' > now() then sealed end
  where entry = $1`;
const countWaitingErasures = `
  select count(*)::int as count, min(sealed_until) as "nextFinalAt" from tombstone where erasure_waits`;
const deleteTombstone = 'delete from tombstone where entry = $1';
const insertHashes = `
  insert into hash (entry, algorithm, variant, bits, digest, quality)
  select $1, h.algorithm, h.variant, ${columnsFromHex('h')}, h.quality
  from json_to_recordset($2::json) as h (algorithm text, variant text, hex text, quality int2)`;
const selectEntry = `select ${entryColumns} from entry e join hash_list l on l.id = e.list where e.id = $1`;
const selectHistory = `
  select event, person, organisation, reason, came_from as "from", went_to as "to", at from entry_event where entry = $1 order by id`;

const undoDays = 30;
const undoErasureHours = 72;

export interface EntryChange {
  readonly tx: Queryable;
  readonly locked: LockedEntry;
  readonly actor: Actor;
  readonly reason: string | null;
}

export class EntryReviewStore {
  constructor(private readonly database: Database) {}

  /** Undefined when there is no such entry. */
  change(
    uuid: string,
    actor: Actor,
    reason: string | null,
    work: (change: EntryChange) => Promise<void>,
  ): Promise<Entry | undefined> {
    return this.database.transaction(async (tx) => {
      const locked = await lockEntry(tx, uuid);
      if (!locked) return undefined;
      await work({ tx, locked, actor, reason });
      const [row] = await tx.query<EntryRow>(selectEntry, [uuid]);
      return row && entryOf(row);
    });
  }

  history(uuid: string): Promise<HistoryLine[]> {
    return this.database.query<HistoryLine & Record<string, unknown>>(selectHistory, [uuid]);
  }

  /** Undefined when there is no such entry. */
  state(uuid: string): Promise<StoredState | undefined> {
    return stateOf(this.database, uuid);
  }

  /** Erasures that no second person has confirmed. `nextFinalAt`: when the first of them becomes final all the same. */
  async waitingErasures(): Promise<{ count: number; nextFinalAt: Date | null }> {
    const [row] = await this.database.query<{ count: number; nextFinalAt: Date | null }>(countWaitingErasures);
    return row ?? { count: 0, nextFinalAt: null };
  }
}

export async function applyTransition(change: EntryChange, { event, to, confirmation }: Transition): Promise<void> {
  const { tx, locked, reason } = change;
  let { people, organisations } = locked.entry.verification;
  if (confirmation === 'none') {
    await tx.query(deleteConfirmations, [locked.uuid]);
    people = 0;
    organisations = 0;
  } else if (confirmation) {
    await tx.query(insertConfirmation, [locked.uuid, confirmation.person, confirmation.organisation, reason]);
    ({ people, organisations } = countsWith(locked, confirmation));
  }
  await tx.query(updateEntry, [locked.uuid, to, people, organisations]);
  await tx.query(noteChange, [locked.uuid]);
  await record(change, event, to);
}

export async function countRecentWithdrawals({ tx, locked, actor }: EntryChange): Promise<number> {
  await tx.query(lockPerson, [actor.person]);
  const [row] = await tx.query<{ count: number }>(countWithdrawals, [actor.person, locked.entry.list]);
  return row?.count ?? 0;
}

export async function requestWithdrawal(change: EntryChange): Promise<void> {
  const { tx, locked, actor, reason } = change;
  await tx.query(setWithdrawalRequest, [locked.uuid, actor.person, reason]);
  await record(change, 'ask_withdrawal', locked.entry.status);
}

/** The entry goes on matching. */
export async function endClaimsOfEntry(change: EntryChange, claims: readonly string[]): Promise<void> {
  const { tx, locked, actor, reason } = change;
  const uuids = claims.flatMap((id) => uuidOfClaimId(id) ?? []);
  await endClaims(tx, locked.uuid, uuids, { reason, actor });
  await record(change, 'end_claim', locked.entry.status, { claims });
}

/** Withdraws an entry: deletes its hashes and keeps the tombstone. */
export async function replaceWithTombstone(
  change: EntryChange,
  event: EntryEvent,
  tombstoneOf: (hashes: readonly SealedHash[]) => Tombstone,
): Promise<void> {
  const { tx, locked, actor, reason } = change;
  const { uuid, entry } = locked;
  const hashes = await tx.query<SealedHash & Record<string, unknown>>(selectHashes, [uuid]);
  const { sealed, marks, erasure } = tombstoneOf(hashes);
  await tx.query(upsertTombstone, [uuid, entry.list, entry.status, sealed, undoDays, actor.organisation]);
  await addMarks(change, marks);
  if (erasure) await begin(change, erasure);
  await tx.query(deleteHashes, [uuid]);
  await tx.query(clearIdentity, [uuid]);
  await endAllClaims(tx, uuid, { reason, person: actor.person });
  await tx.query(clearWithdrawalRequest, [uuid]);
  await tx.query(forgetHmaContent, [uuid]);
  await tx.query(updateEntry, [uuid, 'withdrawn', entry.verification.people, entry.verification.organisations]);
  await record(change, event, 'withdrawn', erasure && { erasure });
}

/** For an entry that is already withdrawn when the person depicted asks for it. */
export async function eraseSealedHashes(change: EntryChange, erasure: NewErasure, marks: readonly Uint8Array[]): Promise<void> {
  if (!change.locked.tombstone) return;
  await addMarks(change, marks);
  await begin(change, erasure);
  await record(change, 'withdraw', 'withdrawn', { erasure });
}

async function begin({ tx, locked, actor }: EntryChange, erasure: NewErasure): Promise<void> {
  const { person, organisation } = actor;
  const undoHours = erasure === 'final' ? 0 : undoErasureHours;
  await tx.query(beginErasure, [locked.uuid, person, erasure === 'asked', organisation, undoHours]);
}

export async function confirmErasureOfHashes(change: EntryChange): Promise<void> {
  const { tx, locked, actor } = change;
  await tx.query(confirmErasure, [locked.uuid, actor.person, undoErasureHours]);
  await record(change, 'confirm_erasure', 'withdrawn');
}

async function addMarks({ tx, locked }: EntryChange, marks: readonly Uint8Array[]): Promise<void> {
  await tx.query(insertMarks, [locked.entry.list, locked.uuid, marks.map((mark) => Buffer.from(mark))]);
}

export interface UnsealedEntry {
  readonly hashes: readonly SealedHash[];
  readonly identity: Uint8Array;
}

/** @throws PostgreSQL 23505 when the list has an entry with the same content. */
export async function restoreFromTombstone(
  change: EntryChange,
  { hashes, identity }: UnsealedEntry,
  to: Entry['status'],
): Promise<void> {
  const { tx, locked, actor } = change;
  const { people, organisations } = locked.entry.verification;
  await tx.query(deleteTombstone, [locked.uuid]);
  await tx.query(setIdentity, [locked.uuid, Buffer.from(identity)]);
  await tx.query(insertHashes, [locked.uuid, JSON.stringify(hashes)]);
  await tx.query(updateEntry, [locked.uuid, to, people, organisations]);
  await reopenClaims(tx, locked.uuid, actor.organisation);
  await tx.query(noteChange, [locked.uuid]);
  await record(change, 'restore', to);
}

async function record(
  { tx, locked, actor, reason }: EntryChange,
  event: EntryEvent,
  to: Entry['status'],
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { uuid, entry } = locked;
  await tx.query(insertEvent, [uuid, event, actor.person, actor.organisation, reason, entry.status, to]);
  await endLeaseOf(tx, uuid, actor.person);
  const detail = { reason, from: entry.status, to, list: entry.list, ...more };
  await appendAct(tx, { actor, act: `entry.${event}`, subject: entryIdOf(uuid), detail });
}
