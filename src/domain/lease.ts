/** Who works on an entry, so that nobody else decides it at the same time (docs/decisions/0036-review-queue.md). */
import { VigieError } from './errors.js';

export interface Lease {
  readonly person: number;
  readonly organisation: string;
  readonly until: Date;
}

export const leaseMinutes = 10;

/** @throws VigieError `conflict` while another person holds the lease. */
export function refuseLeased(entry: string, lease: Lease | null, person: number | null): void {
  if (lease && lease.person !== person) throw leasedBy(entry, lease);
}

export function leasedBy(entry: string, { person, organisation, until }: Lease): VigieError {
  return new VigieError(
    'conflict',
    `person ${person} of organisation "${organisation}" works on entry ${entry} until ${until.toISOString()}: try again then`,
  );
}
