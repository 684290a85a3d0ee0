import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import {
  defaultVerification,
  faultOf,
  type List,
  type ListRight,
  listRights,
  loosens,
  type NewList,
  newList,
} from '../../domain/list.js';
import { sqlState } from '../../store/database.js';
import type { KeyStore } from '../../store/keys.js';
import type { ListStore } from '../../store/lists.js';
import { refuseOwnWork } from '../accounts/organisations-and-keys.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import type { ListCache } from './list-cache.js';

/** What operators set up, and what others see of it. */
export class Lists {
  constructor(
    private readonly store: ListStore,
    private readonly book: ListCache,
    private readonly follower: Pick<ChangeFeedFollower, 'refresh'>,
    private readonly keys: Pick<KeyStore, 'isSetUp'>,
  ) {}

  /** Every list there is. */
  all(): readonly List[] {
    return this.book.all();
  }

  /** The lists that an organisation may do anything with. */
  visibleTo(organisation: string): readonly List[] {
    return this.book.visibleTo(organisation);
  }

  /** @throws VigieError `not_found`. */
  get(id: string): List {
    return found(id, this.book.get(id));
  }

  /**
   * A list belongs to the organisation it names, else to that of whoever creates it. One that asks fewer to confirm its entries than lists do by
   * default is made as by default, and the rest proposed to a second operator, once there is one.
   *
   * @throws VigieError `conflict`, `not_found`, `bad_request`.
   */
  async create(actor: Actor, given: NewList): Promise<{ list: List; waiting: boolean }> {
    const asked = newList({ ...given, organisation: given.organisation ?? actor.organisation });
    refuseFaulty(asked);
    const strict = { ...asked, verification: defaultVerification(asked.action) };
    const waiting = actor.via === 'key' && loosens(strict, asked) && (await this.keys.isSetUp());
    const created = await (waiting ? this.store.create(strict, actor, asked) : this.store.create(asked, actor)).catch(
      explainOrganisation,
    );
    if (!created) throw new VigieError('conflict', `list "${asked.id}" exists already; PATCH /v1/lists/${asked.id} changes it`);
    return { list: await this.known(created), waiting };
  }

  /**
   * Makes a new version of a list; or, where it would let fewer people decide, or others, only proposes it to a second operator and gives the
   * list as it stands.
   *
   * @throws VigieError `not_found`, `bad_request`.
   */
  async update(actor: Actor, id: string, change: (list: List) => List): Promise<{ list: List; waiting: boolean }> {
    const checked = (list: List) => {
      const changed = change(list);
      refuseFaulty(changed);
      return changed;
    };
    let waiting = false;
    const waits = (from: List, to: List) => {
      waiting = actor.via === 'key' && loosens(from, to);
      return waiting;
    };
    const list = await this.store.update(id, actor, checked, waits).catch(explainOrganisation);
    return { list: await this.known(found(id, list)), waiting };
  }

  /** Makes a change that another operator proposed. @throws VigieError `not_found`, `own_work`, `conflict` when none waits. */
  async confirm(actor: Actor, id: string): Promise<List> {
    const confirmed = await this.store.confirm(id, actor, (proposal) => {
      if (!proposal) throw new VigieError('conflict', `no change of list "${id}" waits for a second operator`);
      refuseOwnWork(actor, [proposal.by], `the change of list "${id}"`);
      return proposal.list;
    });
    return this.known(found(id, confirmed));
  }

  /** Says what an organisation may do with a list; nothing: it no longer exists for it. @throws VigieError `not_found`. */
  async grant(actor: Actor, id: string, organisation: string, rights: readonly ListRight[]): Promise<List> {
    const others = (list: List) => list.grants.filter((grant) => grant.organisation !== organisation);
    const given = listRights.filter((right) => rights.includes(right));
    const { list } = await this.update(actor, id, (standing) => ({
      ...standing,
      grants: given.length > 0 ? [...others(standing), { organisation, rights: given }] : others(standing),
    }));
    return list;
  }

  /** Ends a list: nothing matches it from now on, and its id is not given again. @throws VigieError `not_found`, `conflict`. */
  async delete(actor: Actor, id: string): Promise<void> {
    const deleted = await this.store.delete(id, actor, (list) => {
      if (list.enabled) throw new VigieError('conflict', `list "${id}" is enabled: disable it first, and see what platforms say`);
    });
    await this.known(found(id, deleted));
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

function explainOrganisation(error: unknown): never {
  throw sqlState(error) === '23503'
    ? new VigieError('not_found', 'there is no organisation of that id; an operator creates them')
    : error;
}

function found(id: string, list: List | undefined): List {
  if (!list) throw new VigieError('not_found', `there is no list "${id}"`);
  return list;
}
