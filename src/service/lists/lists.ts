import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import { faultOf, type List, type ListRight, listRights, loosens, type NewList, newList } from '../../domain/list.js';
import { changesOf, deletion, strictStart, weakened } from '../../domain/weakening.js';
import { sqlState } from '../../store/database.js';
import type { KeyStore } from '../../store/keys.js';
import type { ListStore } from '../../store/lists.js';
import { refuseOwnWork } from '../accounts/organisations-and-keys.js';
import { refuseOther, refuseStale, type WaitingChange } from '../accounts/proposals.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import { type ListCache, noSuchList } from './list-cache.js';

export class Lists {
  constructor(
    private readonly store: ListStore,
    private readonly cache: ListCache,
    private readonly follower: Pick<ChangeFeedFollower, 'refresh'>,
    private readonly keys: Pick<KeyStore, 'isSetUp'>,
  ) {}

  all(): readonly List[] {
    return this.cache.all();
  }

  visibleTo(organisation: string): readonly List[] {
    return this.cache.visibleTo(organisation);
  }

  /** @throws VigieError `not_found`. */
  get(id: string): List {
    return found(id, this.cache.get(id));
  }

  /**
   * What is weaker than the default starts with the default, and the change waits for a second operator.
   *
   * @throws VigieError `conflict`, `not_found`, `bad_request`.
   */
  async create(actor: Actor, given: NewList): Promise<{ list: List; waiting: boolean }> {
    const asked = newList({ ...given, organisation: given.organisation ?? actor.organisation });
    refuseFaulty(asked);
    const strict = strictStart(asked);
    const waiting = actor.via === 'key' && weakened(strict, asked).length > 0 && (await this.keys.isSetUp());
    const created = await (waiting ? this.store.create(strict, actor, asked) : this.store.create(asked, actor)).catch(
      explainOrganisation,
    );
    if (!created)
      throw new VigieError('conflict', `list "${asked.id}" already exists; use PATCH /v1/lists/${asked.id} to change it`);
    return { list: await this.known(created), waiting };
  }

  /**
   * A change that weakens a safeguard waits for a second operator. During the set-up only one that lets fewer or other people decide.
   *
   * @param expected the version that the change was made for
   * @throws VigieError `not_found`, `bad_request`, `conflict` for another version.
   */
  async update(
    actor: Actor,
    id: string,
    change: (list: List) => List,
    expected?: number,
  ): Promise<{ list: List; waiting: boolean }> {
    const isSetUp = await this.keys.isSetUp();
    const checked = (list: List) => {
      refuseStale(`list "${id}"`, list.version, expected);
      const changed = change(list);
      refuseFaulty(changed);
      return changed;
    };
    let waiting = false;
    const waits = (from: List, to: List) => {
      waiting = actor.via === 'key' && (isSetUp ? weakened(from, to).length > 0 : loosens(from, to));
      return waiting;
    };
    const list = await this.store.update(id, actor, checked, waits).catch(explainOrganisation);
    return { list: await this.known(found(id, list)), waiting };
  }

  /** Oldest first. */
  async proposals(): Promise<WaitingChange[]> {
    return (await this.store.proposals()).flatMap(({ list: of, proposed, deletes, ...proposal }) => {
      const current = this.cache.get(of);
      if (!current) return [];
      const changes = deletes ? [deletion] : changesOf(current, proposed);
      return [{ ...proposal, subject: 'list' as const, of, version: current.version, changes }];
    });
  }

  /**
   * A confirmed deletion returns the list as it was.
   *
   * @param read the id of the proposal that the operator has read
   * @throws VigieError `not_found`, `own_work`, `conflict` if no change waits, or another one, or if the list to delete is enabled.
   */
  async confirm(actor: Actor, id: string, read?: string): Promise<List> {
    const confirmed = await this.store.confirm(id, actor, (proposal, current) => {
      if (!proposal) throw new VigieError('conflict', `list "${id}" has no change that waits for confirmation`);
      refuseOther(proposal.id, read);
      refuseOwnWork(actor, [proposal.by], `the change of list "${id}"`);
      if (proposal.deletes) refuseEnabled(current);
      return proposal;
    });
    return this.known(found(id, confirmed));
  }

  /** Discards a proposal; its own author may do so as well. False when no such proposal waits. */
  async decline(actor: Actor, proposal: string): Promise<boolean> {
    return (await this.store.decline(proposal, actor)) !== undefined;
  }

  /** Empty `rights` remove the grant. @throws VigieError `not_found`. */
  grant(
    actor: Actor,
    id: string,
    organisation: string,
    rights: readonly ListRight[],
    expected?: number,
  ): Promise<{ list: List; waiting: boolean }> {
    const others = (list: List) => list.grants.filter((grant) => grant.organisation !== organisation);
    const given = listRights.filter((right) => rights.includes(right));
    const change = (current: List) => ({
      ...current,
      grants: given.length > 0 ? [...others(current), { organisation, rights: given }] : others(current),
    });
    return this.update(actor, id, change, expected);
  }

  /**
   * Its hashes leave for good, and the id cannot be used again. After the set-up it waits for a second operator.
   *
   * @throws VigieError `not_found`, `conflict` if the list is enabled.
   */
  async delete(actor: Actor, id: string): Promise<{ list: List; waiting: boolean }> {
    const waiting = actor.via === 'key' && (await this.keys.isSetUp());
    const list = await this.store.delete(id, actor, refuseEnabled, waiting);
    return { list: await this.known(found(id, list)), waiting };
  }

  private async known(list: List): Promise<List> {
    await this.follower.refresh().catch(() => {});
    return list;
  }
}

function refuseFaulty(list: List): void {
  const fault = faultOf(list);
  if (fault) throw new VigieError('bad_request', fault);
}

function refuseEnabled({ id, enabled }: List): void {
  if (enabled) throw new VigieError('conflict', `list "${id}" is enabled; disable it before you delete it`);
}

function explainOrganisation(error: unknown): never {
  throw sqlState(error) === '23503'
    ? new VigieError('not_found', 'there is no organisation with this id; an operator must create it first')
    : error;
}

function found(id: string, list: List | undefined): List {
  if (!list) throw noSuchList(id);
  return list;
}
