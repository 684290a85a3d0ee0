import type { Entry } from '../domain/entry.js';
import type { EntryUnderReview } from '../domain/entry-lifecycle.js';
import { claimsOf } from './claims.js';
import type { Queryable } from './database.js';
import { leaseOf } from './entry-leases.js';
import { type EntryRow, entryColumns, entryOf } from './entry-rows.js';

export interface LockedEntry extends EntryUnderReview {
  readonly uuid: string;
  readonly list: { readonly owner: string | null; readonly withdrawalsAnHour: number };
  /** `sealed` is null when the withdrawal cannot be undone. */
  readonly tombstone: { readonly sealed: Buffer | null; readonly previousStatus: Entry['status'] } | null;
}

interface LockedRow extends EntryRow {
  person: number | null;
  withdrawal_person: number | null;
  list_owner: string | null;
  list_people_required: number;
  withdrawals_an_hour: number;
  sealed: Buffer | null;
  by_victim: boolean | null;
  erasure_person: number | null;
  erasure_waits: boolean | null;
  stood: Entry['status'] | null;
}

// A statement of its own: only the next one sees what another transaction did meanwhile.
const selectForUpdate = 'select id from entry where id = $1 for update';
const selectLocked = `
  select ${entryColumns}, l.people_required as list_people_required, e.person, e.withdrawal_person, l.organisation as list_owner, l.withdrawals_an_hour,
    case when t.sealed_until > now() then t.sealed end as sealed, t.by_victim, t.erasure_person, t.erasure_waits,
    t.stood
  from entry e join hash_list l on l.id = e.list left join tombstone t on t.entry = e.id where e.id = $1`;
const selectConfirmations = 'select person, organisation from confirmation where entry = $1 order by at, person';

/** The entry with everything that its review must know. Undefined when there is no such entry. */
export async function lockEntry(tx: Queryable, uuid: string): Promise<LockedEntry | undefined> {
  const [found] = await tx.query(selectForUpdate, [uuid]);
  const [row] = found ? await tx.query<LockedRow>(selectLocked, [uuid]) : [];
  if (!row) return undefined;
  const confirmations = await tx.query<{ person: number; organisation: string }>(selectConfirmations, [uuid]);
  const { sealed, stood: previousStatus, erasure_person: by, erasure_waits: waits } = row;
  return {
    uuid,
    entry: entryOf(row),
    author: row.person,
    claims: await claimsOf(tx, uuid),
    confirmations,
    requirement: { people: row.people_required, organisations: row.organisations_required },
    listRequirement: { people: row.list_people_required, organisations: row.organisations_required },
    withdrawalBy: row.withdrawal_person,
    list: { owner: row.list_owner, withdrawalsAnHour: row.withdrawals_an_hour },
    tombstone: previousStatus === null ? null : { sealed, previousStatus },
    erasure: row.by_victim ? { by, waits: waits ?? false } : null,
    lease: await leaseOf(tx, uuid),
  };
}
