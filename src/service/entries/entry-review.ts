/** Who stands behind an entry, who doubts it, and how it ends. */
import { type Actor, system } from '../../domain/actor.js';
import { type Entry, entryIdOf } from '../../domain/entry.js';
import {
  confirm,
  dispute,
  disputeByFeedback,
  type EntryUnderReview,
  quarantine,
  reject,
  release,
  restore,
  type Transition,
  withdraw,
} from '../../domain/entry-lifecycle.js';
import { VigieError } from '../../domain/errors.js';
import type { ListRight } from '../../domain/list.js';
import { sqlState } from '../../store/database.js';
import {
  applyTransition,
  countRecentWithdrawals,
  discardSealedHashes,
  type EntryChange,
  type EntryReviewStore,
  replaceWithTombstone,
  requestWithdrawal,
  restoreFromTombstone,
} from '../../store/entry-review.js';
import type { ListCache } from '../lists/list-cache.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import { identityOf } from './enrolment.js';
import { notFound, uuidOf } from './entry-reader.js';
import type { Tombstones } from './tombstones.js';

export interface EntryReviewParts {
  readonly store: EntryReviewStore;
  readonly listCache: ListCache;
  readonly tombstones: Tombstones;
  readonly follower: Pick<ChangeFeedFollower, 'applyEntries' | 'refresh'>;
}

/** Acts of people that only change how an entry stands. */
const deeds = { confirm, reject, dispute, release } satisfies Record<
  string,
  (entryReview: EntryUnderReview, actor: Actor) => Transition
>;
export type Deed = keyof typeof deeds;

/** Entries that end in one go of the job that ends them. */
const expiredAtOnce = 100;

export class EntryReview {
  constructor(private readonly parts: EntryReviewParts) {}

  /** @throws VigieError `not_found`, `forbidden`, `own_work`, `conflict` naming the current state. */
  async act(deed: Deed, actor: Actor, id: string, reason: string | null): Promise<Entry> {
    const entry = await this.change(actor, id, reason, 'verify', (change) =>
      applyTransition(change, deeds[deed](change.locked, actor)),
    );
    await this.parts.follower.applyEntries([uuidOf(id)]).catch(() => {});
    return entry;
  }

  /**
   * Ends an entry's matching, on this node before it resolves, on the others within a second; or, past what a person may withdraw in an
   * hour, asks for a second person. For a victim the hashes are gone at once; otherwise they stay sealed for thirty days.
   *
   * @throws VigieError `not_found`, `forbidden` for others than the owning organisation, `own_work`, `conflict`.
   */
  async withdraw(actor: Actor, id: string, reason: string, byVictim = false): Promise<Entry> {
    const entry = await this.change(actor, id, reason, undefined, async (change) => {
      const { owner, withdrawalsAnHour } = change.locked.list;
      const lately = await countRecentWithdrawals(change);
      const outcome = withdraw(change.locked, actor, { lately, withdrawalsAnHour, listOwner: owner, byVictim });
      if (outcome === 'asked') await requestWithdrawal(change);
      if (outcome === 'done') await this.bury(change, 'withdraw', byVictim);
      if (outcome === 'already' && byVictim) await discardSealedHashes(change);
    });
    await this.parts.follower.refresh().catch(() => {});
    return entry;
  }

  /** Undoes a withdrawal: the entry stands as it stood. @throws VigieError `not_found`, `forbidden`, `conflict`. */
  async restore(actor: Actor, id: string, reason: string): Promise<Entry> {
    const entry = await this.change(actor, id, reason, undefined, async (change) => {
      const { uuid, list, tombstone } = change.locked;
      restore(change.locked, actor, list.owner);
      if (!tombstone?.sealed) {
        const why = tombstone?.byVictim
          ? 'a victim asked for it, and its hashes are gone'
          : 'the thirty days to undo it are over';
        throw new VigieError('conflict', `entry ${id} is withdrawn: ${why}`);
      }
      const hashes = this.parts.tombstones.unseal(uuid, tombstone.sealed);
      await restoreFromTombstone(change, { hashes, identity: identityOf(hashes) }, tombstone.previousStatus);
    });
    await this.parts.follower.applyEntries([uuidOf(id)]).catch(() => {});
    return entry;
  }

  /** What the service does by itself to an entry (UUID); nothing where there is nothing to lower. */
  async lower(uuid: string, by: 'feedback' | 'flood', reason: string): Promise<void> {
    await this.parts.store.change(uuid, system, reason, async (change) => {
      const transition = by === 'feedback' ? disputeByFeedback(change.locked) : quarantine(change.locked);
      if (transition) await applyTransition(change, transition);
    });
    await this.parts.follower.applyEntries([uuid]).catch(() => {});
  }

  /** Withdraws the entries whose time is over; gives how many. */
  async expire(): Promise<number> {
    const uuids = await this.parts.store.expired(expiredAtOnce);
    for (const uuid of uuids) {
      await this.parts.store.change(uuid, system, 'expired', async (change) => {
        if (change.locked.entry.status !== 'withdrawn') await this.bury(change, 'expire', false);
      });
    }
    if (uuids.length > 0) await this.parts.follower.refresh().catch(() => {});
    return uuids.length;
  }

  /**
   * What a list once stood behind, and what a victim asked for, is refused from then on. What nobody ever confirmed leaves no mark, nor what only
   * ran out: otherwise whoever may enrol could keep content off a list for ever.
   */
  private bury(change: EntryChange, event: 'withdraw' | 'expire', byVictim: boolean): Promise<void> {
    const { tombstones } = this.parts;
    const { status, verification } = change.locked.entry;
    const stoodBehind = event === 'withdraw' && (status !== 'draft' || verification.people > 0);
    return replaceWithTombstone(change, event, (hashes) => ({
      sealed: byVictim ? null : tombstones.seal(change.locked.uuid, hashes),
      marks: byVictim || stoodBehind ? tombstones.marksOf(hashes) : [],
      byVictim,
    }));
  }

  /** Runs `work` on an entry that the actor may know of, and, where `right` says so, may do that to. */
  private async change(
    actor: Actor,
    id: string,
    reason: string | null,
    right: ListRight | undefined,
    work: (change: EntryChange) => Promise<void>,
  ): Promise<Entry> {
    const uuid = uuidOf(id);
    const changed = await this.parts.store
      .change(uuid, actor, reason, async (change) => {
        this.assertMay(actor, change.locked.entry, right);
        await work(change);
      })
      .catch((error: unknown) => {
        if (sqlState(error) !== '23505') throw error;
        throw new VigieError('conflict', `the list holds the content of entry ${entryIdOf(uuid)} again, as another entry`);
      });
    if (!changed) throw notFound(id);
    return changed;
  }

  private assertMay(actor: Actor, { id, list, organisation }: Entry, right: ListRight | undefined): void {
    if (actor.via !== 'key') return;
    const rights = this.parts.listCache.rights(list, actor.organisation ?? '');
    // Whose entry it is may end it even when the list's owner has taken every right from them.
    if (!rights.has('read') && organisation !== actor.organisation) throw notFound(id);
    if (right && !rights.has(right))
      throw new VigieError('forbidden', `your organisation may not ${right} entries of list "${list}"`);
  }
}
