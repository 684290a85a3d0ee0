/** Entries and people for tests of the transitions. */
import type { Actor } from '../../src/domain/actor.js';
import type { ClaimUnderReview } from '../../src/domain/claims.js';
import type { Entry, EntryStatus } from '../../src/domain/entry.js';
import { type Confirmation, countsWith, type EntryUnderReview, type Transition } from '../../src/domain/entry-lifecycle.js';
import { VigieError } from '../../src/domain/errors.js';
import type { Requirement } from '../../src/domain/standing.js';

export const entryId = `ent_${'0a'.repeat(16)}`;

export const firstClaim = `clm_${'0a'.repeat(16)}`;

/** Enrolled the entries of `standing`. */
export const author = actorOf(1, 'hotline');

export function actorOf(person: number, organisation: string, key = `key0000000${String(person).padStart(2, '0')}`): Actor {
  return { person, organisation, key, via: 'key' };
}

export interface StandingChanges extends Partial<Omit<EntryUnderReview, 'entry'>> {
  readonly status?: EntryStatus;
  readonly organisation?: string | null;
  /** Beyond the confirmations by name, as entries of early versions have. */
  readonly counted?: Requirement;
  readonly withdrawal?: Entry['withdrawal'];
}

/** A draft in a list that requires one other person. */
export function standing({
  status = 'draft',
  organisation = 'hotline',
  withdrawal = null,
  ...changes
}: StandingChanges = {}): EntryUnderReview {
  const {
    confirmations = [],
    requirement = { people: 1, organisations: 1 },
    counted = countOf(confirmations),
    ...rest
  } = changes;
  const said = { provenance: {}, sourceCodes: [], series: null, synthetic: false, expiresAt: null };
  const times = { createdAt: '2026-01-02T03:04:05.000Z', updatedAt: '2026-01-02T03:04:05.000Z' };
  const verification = { ...counted, required: requirement.people, requiredOrganisations: requirement.organisations };
  return {
    entry: {
      ...{ id: entryId, list: 'known', class: 'ncii_adult', status, organisation, verification },
      ...{ hashCount: 1, quality: 100, withdrawal, erasure: null, claims: [], ...said, ...times },
    },
    claims: [claimOf(organisation, author.person, { state: status === 'withdrawn' ? 'ended_with_entry' : 'open' })],
    ...{
      author: author.person,
      confirmations,
      requirement,
      listRequirement: requirement,
      withdrawalBy: null,
      erasure: null,
      lease: null,
    },
    ...rest,
  };
}

export function claimOf(
  organisation: string | null,
  person: number | null,
  changes: Partial<ClaimUnderReview> = {},
): ClaimUnderReview {
  return { id: firstClaim, organisation, person, state: 'open', ...changes };
}

function countOf(confirmations: readonly Confirmation[]): Requirement {
  return { people: confirmations.length, organisations: new Set(confirmations.map(({ organisation }) => organisation)).size };
}

/** As src/store/entry-review.ts writes it. */
export function changedBy(before: EntryUnderReview, { to, confirmation }: Transition): EntryUnderReview {
  const kept =
    confirmation === null ? before.confirmations : confirmation === 'none' ? [] : [...before.confirmations, confirmation];
  const { verification } = before.entry;
  const none = { people: 0, organisations: 0 };
  const counts = confirmation === null ? verification : confirmation === 'none' ? none : countsWith(before, confirmation);
  const { people, organisations } = counts;
  const entry = { ...before.entry, status: to, verification: { ...verification, people, organisations } };
  return { ...before, entry, confirmations: kept };
}

/** Undefined: `work` throws nothing. */
export function refusalOf(work: () => unknown): { readonly code: string; readonly message: string } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof VigieError) return { code: error.code, message: error.message };
    throw error;
  }
}
