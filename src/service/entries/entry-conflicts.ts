import { EntryConflict, type EntryState, type HeldLease } from '../../domain/entry-conflict.js';
import { VigieError } from '../../domain/errors.js';
import type { Lease } from '../../domain/lease.js';
import type { StoredState } from '../../store/entry-state.js';

/** Adds the state of the entry to a conflict. Other errors stay as they are. */
export async function withState(
  error: unknown,
  person: number | null,
  read: () => Promise<StoredState | undefined>,
): Promise<unknown> {
  if (!(error instanceof VigieError) || error.code !== 'conflict') return error;
  const state = await read();
  return state ? new EntryConflict(error, shownState(state, person)) : error;
}

function shownState({ status, act, at, person, organisation, lease, ...counts }: StoredState, caller: number | null): EntryState {
  const { people, organisations, required, requiredOrganisations } = counts;
  const isByService = person === null && organisation === null;
  return {
    status,
    verification: { people, organisations, required, requiredOrganisations },
    by: isByService ? null : { organisation, person },
    act: act ?? 'enrol',
    at: at.toISOString(),
    lease: shownLease(lease, caller),
  };
}

export function shownLease(lease: Lease | null, caller: number | null): HeldLease | null {
  if (!lease) return null;
  const { organisation, person, until } = lease;
  return { mine: person === caller, organisation, person, until: until.toISOString() };
}
