import type { Entry } from './entry.js';
import { VigieError } from './errors.js';

/** For a person whose act came too late: where the entry stands now, and who was first. */
export interface EntryState extends Pick<Entry, 'status' | 'verification'> {
  /** Of the last act. Null: the service did it, or nothing has happened since the enrolment. */
  readonly by: { readonly organisation: string | null; readonly person: number | null } | null;
  /** The last event of the history; `enrol` if it has none. */
  readonly act: string;
  readonly at: string;
  readonly lease: HeldLease | null;
}

export interface HeldLease {
  readonly mine: boolean;
  readonly organisation: string;
  readonly person: number;
  readonly until: string;
}

/** `conflict` for a caller who may read the entry. */
export class EntryConflict extends VigieError {
  constructor(
    refusal: VigieError,
    readonly state: EntryState,
  ) {
    super('conflict', refusal.detail, refusal.retryAfterSeconds, refusal);
  }
}
