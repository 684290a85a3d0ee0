import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../domain/actor.js';
import type { ClaimUnderReview } from '../domain/claims.js';
import { claimIdOf, entryIdOf, type Provenance } from '../domain/entry.js';
import { VigieError } from '../domain/errors.js';
import { appendAct } from './audit.js';
import type { Queryable } from './database.js';

// The record may show other content by now, and a claim on that. Then this one is no longer of the record.
const ifFree = (column: string) => `
  case when not exists (select from claim o where o.list = claim.list and o.organisation is not distinct from claim.organisation
    and o.source = claim.source and o.source_id = claim.source_id and o.ended_at is null) then claim.${column} end`;
// For an entry that stands without an open claim, because an older version enrolled or restored it.
const openFirst = `
  insert into claim (id, entry, list, organisation, person, provenance, expires_at, made_at)
  select e.id, e.id, e.list, e.organisation, e.person, e.provenance, e.expires_at, e.created_at from entry e
  where e.id = $1 and e.status <> 'withdrawn' and not exists (select from claim c where c.entry = e.id and c.ended_at is null)
  on conflict (entry, id) do update set expires_at = excluded.expires_at, ended_at = null, ended_because = null, ended_by = null,
    ended_with_entry = false, source = ${ifFree('source')}, source_id = ${ifFree('source_id')}`;
const lockStanding = "select status, flagged from entry where id = $1 and status <> 'withdrawn' for update";
const selectOwn = `
  select id, provenance = $3::jsonb as same, expires_at from claim
  where entry = $1 and organisation is not distinct from $2 and ended_at is null and source is null order by made_at, id`;
const insertClaim = `
  insert into claim (id, entry, list, organisation, person, provenance, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`;
const insertEvent = `
  insert into entry_event (entry, event, person, organisation, came_from, went_to) values ($1, 'claim', $2, $3, $4, $4)`;
// The entry of a flagger is more than a hint from now on: a later enrolment must not replace it, and this claim with it.
const endHint = 'update entry set flagged = false where id = $1';
const prolongClaim = 'update claim set expires_at = $3 where entry = $1 and id = $2';
// A follower of the list would otherwise end the entry at the former time.
const updateExpiry = `
  with moved as (
    update entry e set expires_at = c.expires_at from (
      select case when bool_and(expires_at is not null) then max(expires_at) end as expires_at
      from claim where entry = $1 and ended_at is null) c
    where e.id = $1 and e.expires_at is distinct from c.expires_at returning e.id
  )
  insert into change (kind, subject) select 'entry', id::text from moved`;
// A claim that ended with its entry does not come back with it.
const endSome = `
  update claim set ended_at = coalesce(ended_at, now()), ended_because = $3, ended_by = $4, ended_with_entry = false
  where entry = $1 and id = any($2::uuid[]) and (ended_at is null or ended_with_entry)`;
// A request to withdraw concerned the entry as long as nobody else had a claim on it.
const clearOwnRequest = `
  update entry set withdrawal_person = null, withdrawal_reason = null, withdrawal_at = null
  where id = $1 and withdrawal_person = any(array(select id from person where organisation = $2))`;
const endAll = `
  update claim set ended_at = now(), ended_because = $2, ended_by = $3, ended_with_entry = true
  where entry = $1 and ended_at is null`;
// What ended in its time stays ended, unless it belongs to the organisation that restores the entry.
const reopen = `
  update claim set ended_at = null, ended_because = null, ended_by = null, ended_with_entry = false,
    expires_at = case when expires_at > now() then expires_at end,
    source = ${ifFree('source')}, source_id = ${ifFree('source_id')}
  where entry = $1 and ended_with_entry and ($3 or expires_at is null or expires_at > now() or organisation = $2) returning 1`;
const settle = 'update claim set ended_with_entry = false where entry = $1 and ended_with_entry';
const selectAll = `
  select id, organisation, person,
    case when ended_at is null then case when expires_at <= now() then 'expired' else 'open' end
      when ended_with_entry then 'ended_with_entry' else 'ended' end as state
  from claim where entry = $1 order by made_at, id`;

/** Of one organisation on one entry: each reader of the entry reads all of them. */
const maxClaims = 100;

export interface NewClaim {
  readonly list: string;
  readonly provenance: Provenance;
  readonly expiresAt: string | null;
}

/**
 * Adds a claim on an existing entry. If the organisation has an open one with the same provenance, that one lasts until the later end.
 *
 * @returns false: the entry has been withdrawn meanwhile
 * @throws VigieError `conflict` when the organisation has too many claims on it.
 */
export async function claim(
  tx: Queryable,
  uuid: string,
  { list, provenance, expiresAt }: NewClaim,
  actor: Actor,
): Promise<boolean> {
  const [standing] = await tx.query<{ status: string; flagged: boolean }>(lockStanding, [uuid]);
  if (!standing) return false;
  await tx.query(openFirst, [uuid]);
  const { organisation, person } = actor;
  const said = JSON.stringify(provenance);
  const own = await tx.query<{ id: string; same: boolean; expires_at: Date | null }>(selectOwn, [uuid, organisation, said]);
  const same = own.find((one) => one.same);
  if (same) {
    if (isLater(expiresAt, same.expires_at)) await tx.query(prolongClaim, [uuid, same.id, expiresAt]);
  } else {
    if (own.length >= maxClaims) throw tooMany(uuid);
    const id = uuidv7();
    await tx.query(insertClaim, [id, uuid, list, organisation, person, said, expiresAt]);
    await tx.query(insertEvent, [uuid, person, organisation, standing.status]);
    const detail = { list, claim: claimIdOf(id), provenance };
    await appendAct(tx, { actor, act: 'entry.claim', subject: entryIdOf(uuid), detail });
  }
  if (standing.flagged) await tx.query(endHint, [uuid]);
  await tx.query(updateExpiry, [uuid]);
  return true;
}

function isLater(end: string | null, than: Date | null): boolean {
  return than !== null && (end === null || Date.parse(end) > than.getTime());
}

function tooMany(uuid: string): VigieError {
  const refused = `your organisation has ${maxClaims} claims on entry ${entryIdOf(uuid)}, the limit`;
  return new VigieError('conflict', `${refused}: end one with POST /v1/entries/${entryIdOf(uuid)}/withdraw and its claim`);
}

/** All that there ever were. The entry must be locked. */
export async function claimsOf(tx: Queryable, uuid: string): Promise<ClaimUnderReview[]> {
  await tx.query(openFirst, [uuid]);
  const rows = await tx.query<ClaimUnderReview & Record<string, unknown>>(selectAll, [uuid]);
  return rows.map(({ id, organisation, person, state }) => ({ id: claimIdOf(id), organisation, person, state }));
}

/** The entry goes on matching for others. */
export async function endClaims(
  tx: Queryable,
  uuid: string,
  claims: readonly string[],
  { reason, actor }: { readonly reason: string | null; readonly actor: Actor },
): Promise<void> {
  await tx.query(endSome, [uuid, claims, reason, actor.person]);
  await tx.query(updateExpiry, [uuid]);
  await tx.query(clearOwnRequest, [uuid, actor.organisation]);
}

export interface Ending {
  readonly reason: string | null;
  readonly person: number | null;
}

/** With the entry. */
export async function endAllClaims(tx: Queryable, uuid: string, { reason, person }: Ending): Promise<void> {
  await tx.query(endAll, [uuid, reason, person]);
}

/** Of a restored entry. A claim that would be over by now stays for ever, as the restoration says. */
export async function reopenClaims(tx: Queryable, uuid: string, organisation: string | null): Promise<void> {
  const reopened = await tx.query(reopen, [uuid, organisation, false]);
  if (reopened.length === 0) await tx.query(reopen, [uuid, organisation, true]);
  await tx.query(settle, [uuid]);
  await tx.query(openFirst, [uuid]);
  await tx.query(updateExpiry, [uuid]);
}
