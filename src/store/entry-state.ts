import type { EntryStatus } from '../domain/entry.js';
import type { Lease } from '../domain/lease.js';
import type { Queryable } from './database.js';

/** Where an entry stands, and what led there. */
export interface StoredState {
  readonly list: string;
  readonly status: EntryStatus;
  readonly people: number;
  readonly organisations: number;
  readonly required: number;
  readonly requiredOrganisations: number;
  /** The last event of the history. Null: nothing has happened since the enrolment. */
  readonly act: string | null;
  /** Null: the service did it. */
  readonly person: number | null;
  readonly organisation: string | null;
  readonly at: Date;
  readonly lease: Lease | null;
}

interface StateRow extends Omit<StoredState, 'lease'> {
  [column: string]: unknown;
  lease_person: number | null;
  lease_organisation: string;
  lease_until: Date;
}

const selectState = `
  select e.list, e.status, e.people, e.organisations, greatest(l.people_required, e.people_required) as required,
    l.organisations_required as "requiredOrganisations", v.event as act, v.person, v.organisation, coalesce(v.at, e.created_at) as at,
    s.person as lease_person, s.organisation as lease_organisation, s.until as lease_until
  from entry e join hash_list l on l.id = e.list
  left join entry_lease s on s.entry = e.id and s.until > clock_timestamp()
  left join lateral (
    select event, person, organisation, at from entry_event where entry = e.id order by id desc limit 1) v on true
  where e.id = $1`;

/** Undefined when there is no such entry. */
export async function stateOf(tx: Queryable, uuid: string): Promise<StoredState | undefined> {
  const [row] = await tx.query<StateRow>(selectState, [uuid]);
  if (!row) return undefined;
  const { lease_person: person, lease_organisation: organisation, lease_until: until, ...state } = row;
  return { ...state, lease: person === null ? null : { person, organisation, until } };
}
