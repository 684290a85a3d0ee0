import type { Lease } from '../domain/lease.js';
import type { Database, Queryable } from './database.js';
import { type StoredState, stateOf } from './entry-state.js';

// The clock of the database, which all nodes share. Only one of several people gets a row: the others wait for it and see it taken.
const takeLease = `
  insert into entry_lease as held (entry, person, organisation, until)
  values ($1, $2, $3, clock_timestamp() + $4 * interval '1 minute')
  on conflict (entry) do update set person = excluded.person, organisation = excluded.organisation, until = excluded.until
    where held.person = excluded.person or held.until <= clock_timestamp()
  returning person, organisation, until`;
const selectLease = 'select person, organisation, until from entry_lease where entry = $1 and until > clock_timestamp()';
const endLease = 'delete from entry_lease where entry = $1 and person = $2';

/** A person is an author of the entry that has a claim of theirs, also of one that has ended. */
const selectOwnWork = `
  select coalesce(e.person = $2, false) or exists (select from claim c where c.entry = e.id and c.person = $2) as own
  from entry e where e.id = $1`;

export interface Holder {
  readonly person: number;
  readonly organisation: string;
}

type LeaseRow = Lease & Record<string, unknown>;

export class EntryLeaseStore {
  constructor(private readonly database: Database) {}

  /** Takes or renews the lease if it is free, over, or this person's. Returns whose it is; undefined: it changed meanwhile. */
  async take(uuid: string, { person, organisation }: Holder, minutes: number): Promise<Lease | undefined> {
    const [taken] = await this.database.query<LeaseRow>(takeLease, [uuid, person, organisation, minutes]);
    return taken ?? (await leaseOf(this.database, uuid)) ?? undefined;
  }

  /** Does nothing if the lease is not this person's. */
  async end(uuid: string, person: number): Promise<void> {
    await this.database.query(endLease, [uuid, person]);
  }

  state(uuid: string): Promise<StoredState | undefined> {
    return stateOf(this.database, uuid);
  }

  async isOwnWork(uuid: string, person: number): Promise<boolean> {
    const [row] = await this.database.query<{ own: boolean }>(selectOwnWork, [uuid, person]);
    return row?.own ?? false;
  }
}

export async function leaseOf(tx: Queryable, uuid: string): Promise<Lease | null> {
  const [lease] = await tx.query<LeaseRow>(selectLease, [uuid]);
  return lease ?? null;
}

/** After a decision of the person who held it. */
export async function endLeaseOf(tx: Queryable, uuid: string, person: number | null): Promise<void> {
  if (person !== null) await tx.query(endLease, [uuid, person]);
}
