import type { Entry } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';
import { leasedBy, leaseMinutes } from '../../domain/lease.js';
import type { EntryLeaseStore } from '../../store/entry-leases.js';
import type { ListCache } from '../lists/list-cache.js';
import { withState } from './entry-conflicts.js';
import { type EntryReader, uuidOf } from './entry-reader.js';

const tries = 3;

/** Who works on which entry (docs/decisions/0036-review-queue.md). A lease decides nothing, so the audit log has none. */
export class EntryLeases {
  constructor(
    private readonly store: EntryLeaseStore,
    private readonly entries: Pick<EntryReader, 'get'>,
    private readonly listCache: Pick<ListCache, 'rights'>,
  ) {}

  /**
   * Takes or renews the lease for ten minutes.
   *
   * @throws VigieError `not_found`, `forbidden` without the right `verify`, `own_work`, `conflict` if another person holds it.
   */
  async take(caller: Caller, id: string): Promise<Date> {
    const uuid = uuidOf(id);
    return this.tryToTake(caller, id, uuid).catch(async (error: unknown) => {
      throw await withState(error, caller.person, () => this.store.state(uuid));
    });
  }

  private async tryToTake({ organisation, person }: Caller, id: string, uuid: string): Promise<Date> {
    this.assertMay(organisation, await this.entries.get(organisation, id));
    if (await this.store.isOwnWork(uuid, person))
      throw new VigieError('own_work', `you enrolled entry ${id}: a different person has to decide about it`);
    for (let attempt = 0; attempt < tries; attempt++) {
      const lease = await this.store.take(uuid, { person, organisation }, leaseMinutes);
      if (lease && lease.person !== person) throw leasedBy(id, lease);
      if (lease) return lease.until;
    }
    throw new VigieError('conflict', `the lease of entry ${id} changes hands at this moment: try again`);
  }

  /** @throws VigieError `not_found`. */
  async end({ organisation, person }: Caller, id: string): Promise<void> {
    await this.entries.get(organisation, id);
    await this.store.end(uuidOf(id), person);
  }

  private assertMay(organisation: string, { id, list, status }: Entry): void {
    if (!this.listCache.rights(list, organisation).has('verify'))
      throw new VigieError(
        'forbidden',
        `your organisation has no right to verify entries of list "${list}"; ask its owner for it`,
      );
    if (status === 'withdrawn') throw new VigieError('conflict', `entry ${id} is withdrawn: there is nothing to decide`);
  }
}
