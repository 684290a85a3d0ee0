import type { Logger } from 'pino';
import { type Actor, system } from '../../domain/actor.js';
import { claimsToEnd, hadClaim } from '../../domain/claims.js';
import { type Entry, entryIdOf } from '../../domain/entry.js';
import {
  confirm,
  dispute,
  disputeByFeedback,
  type EntryUnderReview,
  erase,
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
import type { LockedEntry } from '../../store/entry-lock.js';
import {
  applyTransition,
  confirmErasureOfHashes,
  countRecentWithdrawals,
  type EntryChange,
  type EntryReviewStore,
  endClaimsOfEntry,
  eraseSealedHashes,
  type NewErasure,
  replaceWithTombstone,
  requestWithdrawal,
  restoreFromTombstone,
} from '../../store/entry-review.js';
import type { StoredState } from '../../store/entry-state.js';
import type { ListCache } from '../lists/list-cache.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import { identityOf } from './enrolment.js';
import { withState } from './entry-conflicts.js';
import { notFound, uuidOf } from './entry-reader.js';
import type { Tombstones } from './tombstones.js';

export interface EntryReviewParts {
  readonly store: EntryReviewStore;
  readonly listCache: ListCache;
  readonly tombstones: Tombstones;
  readonly follower: Pick<ChangeFeedFollower, 'applyEntries' | 'refresh'>;
  readonly log: Pick<Logger, 'warn'>;
}

const deeds = { confirm, reject, dispute, release } satisfies Record<
  string,
  (entry: EntryUnderReview, actor: Actor) => Transition
>;
export type Deed = keyof typeof deeds;

export interface WithdrawalRequest {
  /** The person depicted asked for it. */
  readonly byVictim?: boolean;
  /** The owner of the list ends the claims of all organisations. */
  readonly allClaims?: boolean;
  /** The only claim to end. */
  readonly claim?: string | undefined;
  /** The list takes the content again: it leaves no marks. */
  readonly mayReturn?: boolean;
}

export interface Withdrawn {
  readonly entry: Entry;
  /** A second person must confirm the withdrawal, or the erasure. */
  readonly waits: boolean;
}

export class EntryReview {
  constructor(private readonly parts: EntryReviewParts) {}

  /** @throws VigieError `not_found`, `forbidden`, `own_work`, `conflict`. */
  async act(deed: Deed, actor: Actor, id: string, reason: string | null): Promise<Entry> {
    const entry = await this.change(actor, id, reason, 'verify', (change) =>
      applyTransition(change, deeds[deed](change.locked, actor)),
    );
    await this.parts.follower.applyEntries([uuidOf(id)]).catch(() => {});
    return entry;
  }

  /**
   * Ends the claims of the actor's organisation. With the last one the entry is withdrawn: hashes stay sealed for thirty days, or for
   * 72 hours with `byVictim`. Above the hourly limit of the list, a second person must agree: to the withdrawal, or with `byVictim` only
   * to the deletion of the seal.
   *
   * @throws VigieError `not_found`, `forbidden`, `own_work`, `conflict`.
   */
  async withdraw(actor: Actor, id: string, reason: string, request: WithdrawalRequest = {}): Promise<Withdrawn> {
    const { byVictim = false, allClaims = false, claim = null, mayReturn = false } = request;
    let waits = false;
    const entry = await this.change(actor, id, reason, undefined, async (change) => {
      const { owner: listOwner, withdrawalsAnHour } = change.locked.list;
      const lately = await countRecentWithdrawals(change);
      const context = { lately, withdrawalsAnHour, listOwner, byVictim, allClaims, claim };
      const outcome = withdraw(change.locked, actor, context);
      if (outcome === 'asked') await requestWithdrawal(change);
      if (outcome === 'claims') await this.endClaims(change, claimsToEnd(change.locked, actor, context));
      const erasure = byVictim ? erase(change.locked, actor, { lately, withdrawalsAnHour }) : 'none';
      if (erasure === 'confirmed') await confirmErasureOfHashes(change);
      const begun = erasure === 'begun' || erasure === 'asked' ? erasure : undefined;
      if (outcome === 'done') await this.bury(change, mayReturn ? 'discard' : 'withdraw', begun);
      if (outcome === 'already' && begun) await this.erase(change, begun);
      if (erasure === 'asked' && lately === withdrawalsAnHour) this.warnOfErasures(change);
      waits = outcome === 'asked';
    });
    await this.parts.follower.refresh().catch(() => {});
    return { entry, waits: waits || (byVictim && (entry.erasure?.waiting ?? false)) };
  }

  /**
   * Ends claims because the person depicted, whom no key names, asks for it. With the last claim of an entry its hashes leave at once and
   * for good: without a seal, because nobody else may undo it, and without marks, because the person may ask for the picture again.
   */
  async endForPerson(claims: readonly { readonly entry: string; readonly claim: string }[], reason: string): Promise<void> {
    for (const { entry, claim } of claims)
      await this.change(system, entry, reason, undefined, (change) => this.endClaimForPerson(change, claim));
    await this.parts.follower.refresh().catch(() => {});
  }

  private async endClaimForPerson(change: EntryChange, claim: string): Promise<void> {
    const { entry, claims, list } = change.locked;
    if (entry.status === 'withdrawn') {
      const mayReturn = claims.some(({ id, state }) => id !== claim && state === 'ended_with_entry');
      return mayReturn ? endClaimsOfEntry(change, [claim]) : eraseSealedHashes(change, 'final', []);
    }
    const context = { listOwner: list.owner, byVictim: false, allClaims: false, claim };
    const ending = claimsToEnd(change.locked, system, context);
    if (ending === 'all') return replaceWithTombstone(change, 'withdraw', () => ({ sealed: null, marks: [], erasure: 'final' }));
    return ending.length > 0 ? endClaimsOfEntry(change, ending) : undefined;
  }

  /** @throws VigieError `not_found`, `forbidden`, `conflict`. */
  async restore(actor: Actor, id: string, reason: string): Promise<Entry> {
    const entry = await this.change(actor, id, reason, undefined, async (change) => {
      const { uuid, entry, list, tombstone, erasure } = change.locked;
      restore(change.locked, actor, list.owner);
      if (!tombstone?.sealed) {
        const why = !this.parts.listCache.get(entry.list)
          ? 'its list was deleted, and its hashes with it'
          : erasure
            ? 'the person depicted asked for the withdrawal, so its hashes are deleted'
            : 'the thirty days to restore it are over';
        throw new VigieError('conflict', `entry ${id} cannot be restored: ${why}`);
      }
      const hashes = this.parts.tombstones.unseal(uuid, tombstone.sealed);
      await restoreFromTombstone(change, { hashes, identity: Buffer.from(identityOf(hashes), 'hex') }, tombstone.previousStatus);
    });
    await this.parts.follower.applyEntries([uuidOf(id)]).catch(() => {});
    return entry;
  }

  /** Disputes the entry (feedback) or quarantines it (flood). */
  async lower(uuid: string, by: 'feedback' | 'flood', reason: string): Promise<void> {
    await this.parts.store.change(uuid, system, reason, async (change) => {
      const transition = by === 'feedback' ? disputeByFeedback(change.locked) : quarantine(change.locked);
      if (transition) await applyTransition(change, transition);
    });
    await this.parts.follower.applyEntries([uuid]).catch(() => {});
  }

  /** Reminds the operator of erasures that a second person should confirm or undo. */
  async remindOfErasures(): Promise<void> {
    const { count, nextFinalAt } = await this.parts.store.waitingErasures();
    if (count > 0) this.parts.log.warn({ erasures: count, nextFinalAt }, 'erasures wait for a second person');
  }

  /**
   * Marks block the content from being enrolled again. Entries that expired or were never confirmed leave none: otherwise anyone who
   * may enrol could block content for ever. Nor do entries that a curator only discards.
   */
  private bury(change: EntryChange, event: 'withdraw' | 'expire' | 'discard', erasure?: NewErasure): Promise<void> {
    const { tombstones } = this.parts;
    const { status, verification } = change.locked.entry;
    const wasConfirmed = event === 'withdraw' && (status !== 'draft' || verification.people > 0);
    return replaceWithTombstone(change, event === 'discard' ? 'withdraw' : event, (hashes) => ({
      sealed: tombstones.seal(change.locked.uuid, hashes),
      marks: erasure || wasConfirmed ? tombstones.marksOf(hashes) : [],
      erasure,
    }));
  }

  private async endClaims(change: EntryChange, claims: 'all' | readonly string[]): Promise<void> {
    if (claims !== 'all') await endClaimsOfEntry(change, claims);
  }

  private erase(change: EntryChange, erasure: NewErasure): Promise<void> {
    const { uuid, tombstone } = change.locked;
    const hashes = tombstone?.sealed ? this.parts.tombstones.unseal(uuid, tombstone.sealed) : [];
    return eraseSealedHashes(change, erasure, this.parts.tombstones.marksOf(hashes));
  }

  private warnOfErasures({ actor, locked }: EntryChange): void {
    const { person, organisation } = actor;
    const { withdrawalsAnHour } = locked.list;
    this.parts.log.warn(
      { list: locked.entry.list, organisation, person, withdrawalsAnHour },
      'a person reached the hourly limit of withdrawals: their further erasures wait for a second person',
    );
  }

  /** Before an earlier answer is repeated. @throws VigieError `not_found`, `forbidden`. */
  async assertMaySeeAnswer(actor: Actor, id: string, right: ListRight | undefined): Promise<void> {
    await this.change(actor, id, null, right, async () => {});
  }

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
        this.assertMay(actor, change.locked, right);
        await work(change);
      })
      .catch((error: unknown) => {
        if (sqlState(error) !== '23505') throw error;
        throw new VigieError('conflict', `the list already has the content of entry ${entryIdOf(uuid)} in another entry`);
      })
      .catch(async (error: unknown) => {
        throw await withState(error, actor.person, () => this.readableState(actor, uuid));
      });
    if (!changed) throw notFound(id);
    return this.shownTo(actor, changed);
  }

  private async readableState({ organisation }: Actor, uuid: string): Promise<StoredState | undefined> {
    const state = await this.parts.store.state(uuid);
    return state && this.parts.listCache.rights(state.list, organisation ?? '').has('read') ? state : undefined;
  }

  /** An organisation that may no longer read the list sees nothing of the cases of others. */
  private shownTo({ via, organisation }: Actor, entry: Entry): Entry {
    if (via !== 'key' || this.parts.listCache.rights(entry.list, organisation ?? '').has('read')) return entry;
    const claims = entry.claims.filter((claim) => claim.organisation === organisation);
    return { ...entry, claims, provenance: entry.organisation === organisation ? entry.provenance : {} };
  }

  private assertMay(actor: Actor, { entry: { id, list }, claims }: LockedEntry, right: ListRight | undefined): void {
    if (actor.via !== 'key') return;
    const rights = this.parts.listCache.rights(list, actor.organisation ?? '');
    // Organisations may end their own claims even after the list's owner revoked their rights.
    if (!rights.has('read') && !hadClaim(claims, actor.organisation)) throw notFound(id);
    if (right && !rights.has(right))
      throw new VigieError(
        'forbidden',
        `your organisation has no right to ${right} entries of list "${list}"; ask its owner for it`,
      );
  }
}
