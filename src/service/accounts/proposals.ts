import { VigieError } from '../../domain/errors.js';
import type { FieldChange } from '../../domain/weakening.js';

/** A change that waits for a second operator, as that operator reads it. */
export interface WaitingChange {
  readonly id: string;
  readonly subject: 'list' | 'organisation';
  /** The id of the list or organisation. */
  readonly of: string;
  readonly version: number;
  /** Null: a person of the set-up. */
  readonly by: number | null;
  readonly organisation: string | null;
  readonly at: Date;
  readonly changes: readonly FieldChange[];
}

/** @throws VigieError `conflict` if the change was made for another version. */
export function refuseStale(what: string, version: number, expected: number | undefined): void {
  if (expected === undefined || expected === version) return;
  throw new VigieError(
    'conflict',
    `${what} has version ${version}, and you expected ${expected}: read it again, then repeat your change`,
  );
}

/** @throws VigieError `conflict` if another proposal waits than the operator has read. */
export function refuseOther(waiting: string, read: string | undefined): void {
  if (read === undefined || read === waiting) return;
  throw new VigieError('conflict', 'another change waits by now: read it with GET /v1/proposals before you confirm it');
}
