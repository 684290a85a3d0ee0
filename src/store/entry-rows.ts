import {
  type Claim,
  claimIdOf,
  type Entry,
  type EntryStatus,
  type Erasure,
  entryIdOf,
  type Provenance,
  type SourceCode,
} from '../domain/entry.js';
import type { ContentClass } from '../domain/list.js';

export interface EntryRow {
  id: string;
  list: string;
  class: ContentClass;
  status: EntryStatus;
  organisation: string | null;
  flagged: boolean;
  people: number;
  organisations: number;
  people_required: number;
  organisations_required: number;
  hash_count: number;
  quality: number | null;
  provenance: Provenance;
  source_codes: SourceCode[];
  series: string | null;
  synthetic: boolean;
  expires_at: Date | null;
  withdrawal_reason: string | null;
  withdrawal_at: Date | null;
  erasure: Erasure | null;
  /** Null: none is open. */
  claims: Claim[] | null;
  created_at: Date;
  updated_at: Date;
}

const erasure = `
  case when e.status = 'withdrawn' then (
    select json_build_object('requestedAt', t.erasure_at, 'finalAt', t.sealed_until, 'waiting', t.erasure_waits)
    from tombstone t where t.entry = e.id and t.by_victim) end as erasure`;

const claims = `
  (select json_agg(json_build_object('id', c.id, 'organisation', c.organisation, 'provenance', c.provenance,
      'expiresAt', c.expires_at, 'madeAt', c.made_at) order by c.made_at, c.id)
    from claim c where c.entry = e.id and c.ended_at is null) as claims`;

/** Columns of `entry e` joined with `hash_list l`, which says how many confirmations an entry needs. */
export const entryColumns = `
  e.id, e.list, e.class, e.status, e.organisation, e.flagged, e.people, e.organisations,
  greatest(l.people_required, e.people_required) as people_required, l.organisations_required, e.hash_count, e.quality, e.provenance, e.source_codes, e.series, e.synthetic, e.expires_at, e.withdrawal_reason, e.withdrawal_at,
  e.created_at, e.updated_at, ${erasure}, ${claims}`;

export function entryOf(row: EntryRow): Entry {
  const { withdrawal_reason: reason, withdrawal_at: requestedAt } = row;
  return {
    id: entryIdOf(row.id),
    list: row.list,
    class: row.class,
    status: row.status,
    organisation: row.organisation,
    verification: {
      people: row.people,
      organisations: row.organisations,
      required: row.people_required,
      requiredOrganisations: row.organisations_required,
    },
    hashCount: row.hash_count,
    quality: row.quality,
    provenance: row.provenance,
    sourceCodes: row.source_codes,
    series: row.series,
    synthetic: row.synthetic,
    expiresAt: row.expires_at?.toISOString() ?? null,
    withdrawal: reason !== null && requestedAt !== null ? { reason, requestedAt: requestedAt.toISOString() } : null,
    erasure: row.erasure && {
      requestedAt: new Date(row.erasure.requestedAt).toISOString(),
      finalAt: new Date(row.erasure.finalAt).toISOString(),
      waiting: row.erasure.waiting,
    },
    claims: claimsOf(row),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The statement that stores an entry does not see its first claim yet, and an older version stored none. */
function claimsOf({ claims, status, id, organisation, provenance, expires_at, created_at }: EntryRow): Claim[] {
  const first = { id, organisation, provenance, expiresAt: expires_at?.toISOString() ?? null, madeAt: created_at.toISOString() };
  return (claims ?? (status === 'withdrawn' ? [] : [first])).map((claim) => ({
    ...claim,
    id: claimIdOf(claim.id),
    expiresAt: claim.expiresAt && new Date(claim.expiresAt).toISOString(),
    madeAt: new Date(claim.madeAt).toISOString(),
  }));
}
