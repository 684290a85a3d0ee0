import { randomBytes } from 'node:crypto';
import { VigieError } from '../../domain/errors.js';
import { actorOf, type Caller } from '../../domain/key.js';
import { defaultLimits, type List, newList } from '../../domain/list.js';
import type { HmaBankStore } from '../../store/hma-banks.js';
import type { ListCache } from '../lists/list-cache.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import type { Bank, BankCache } from './bank-cache.js';

export interface BankCurationParts {
  readonly banks: HmaBankStore;
  readonly bankCache: BankCache;
  readonly listCache: Pick<ListCache, 'get'>;
  readonly follower: Pick<ChangeFeedFollower, 'refresh' | 'assertUsable'>;
}

/** A path with the name must fit (`maxPathName`). */
const maxName = 190;
const maxBanks = 1_000;
const nameText = /^[A-Z_][A-Z0-9_]*$/;

/** Makes, changes and deletes banks. What it may touch is in docs/decisions/0030-hma.md. */
export class BankCuration {
  constructor(private readonly parts: BankCurationParts) {}

  async all({ organisation }: Caller): Promise<readonly Bank[]> {
    return (await this.parts.bankCache.of(organisation)).all;
  }

  /** @throws VigieError `not_found`, `database_unavailable`, `index_unavailable`. */
  async get({ organisation }: Caller, name: string, message = `bank '${name}' not found`): Promise<Bank> {
    const bank = await this.find(organisation, name);
    if (!bank) throw new VigieError('not_found', message);
    return bank;
  }

  /** @throws VigieError `bad_request`, `forbidden`. */
  async create(caller: Caller, name: string, ratio: number): Promise<Bank> {
    const { banks, bankCache } = this.parts;
    const { organisation } = caller;
    refuseName(name);
    refuseRatio(ratio);
    // Another node may just have deleted it.
    if ((await bankCache.of(organisation)).byName.has(name)) await this.known();
    const { all, byName } = await bankCache.of(organisation);
    if (byName.has(name)) throw new VigieError('forbidden', 'Bank already exists');
    if (all.length >= maxBanks) throw new VigieError('forbidden', `your organisation has ${maxBanks} banks, the limit`);
    const list = listOf(organisation, name);
    if (!(await banks.create({ organisation, name, ratio }, list, actorOf(caller))))
      throw new VigieError('forbidden', 'Bank already exists');
    await this.known();
    return { organisation, name, list: list.id, ratio, isMade: true };
  }

  /** @throws VigieError `not_found`, `bad_request`, `forbidden`. */
  async update(caller: Caller, name: string, change: { name?: string | undefined; ratio?: number | undefined }): Promise<Bank> {
    const bank = await this.get(caller, name, 'Bank not found');
    const to = { name: change.name ?? bank.name, ratio: change.ratio ?? bank.ratio };
    refuseName(to.name);
    refuseRatio(to.ratio);
    this.assertOwn(caller, bank);
    const { byName } = await this.parts.bankCache.of(caller.organisation);
    const isTaken = to.name !== name && byName.has(to.name);
    if (isTaken || !(await this.parts.banks.update(bank, to, actorOf(caller))))
      throw new VigieError('forbidden', 'Bank name already exists');
    await this.known();
    return { ...bank, ...to };
  }

  /** Whether there is one or not. @throws VigieError `forbidden`, `database_unavailable`, `index_unavailable`. */
  async delete(caller: Caller, name: string): Promise<void> {
    const bank = await this.find(caller.organisation, name);
    if (!bank) return;
    this.assertOwn(caller, bank);
    // Again on the locked list: another node may just have given somebody a right on it.
    await this.parts.banks.delete(bank, actorOf(caller), (list) => this.assertOwn(caller, bank, list));
    await this.known();
  }

  /** True if the caller's organisation made the bank and nobody else has a right on it, so that nobody else need agree. */
  isOwn({ organisation }: Caller, bank: Bank, list = this.parts.listCache.get(bank.list)): boolean {
    return bank.isMade && list?.organisation === organisation && !list.open && list.grants.length === 0;
  }

  /** @throws VigieError `forbidden`. */
  assertOwn(caller: Caller, bank: Bank, list?: List): void {
    if (this.isOwn(caller, bank, list)) return;
    const why = bank.isMade ? 'other organisations have rights on it' : 'it was not made as a bank';
    throw new VigieError('forbidden', `bank '${bank.name}' is list "${bank.list}", and ${why}: change it with /v1/lists`);
  }

  /** A client forgets its bank when there is none, and another node may just have made it. So the database has the last word. */
  private async find(organisation: string, name: string): Promise<Bank | undefined> {
    const { bankCache, follower } = this.parts;
    const known = (await bankCache.of(organisation)).byName.get(name);
    if (known) return known;
    // A load takes minutes, and the client would wait for it.
    follower.assertUsable();
    await follower.refresh();
    return (await bankCache.of(organisation)).byName.get(name);
  }

  private async known(): Promise<void> {
    await this.parts.follower.refresh().catch(() => {});
  }
}

/**
 * A client of HMA decides itself what a match means, so the list holds for review. Its entries need no confirmation, because nobody but
 * the organisation matches them.
 */
function listOf(organisation: string, name: string): List {
  const readable = name.toLowerCase().replaceAll('_', '-').slice(0, 40);
  return newList({
    id: `hma-${readable}-${randomBytes(4).toString('hex')}`,
    title: name,
    class: 'unclassified',
    action: 'hold_for_review',
    organisation,
    verification: { people: 0, organisations: 0 },
    limits: { ...defaultLimits, withdrawalsAnHour: 100_000 },
  });
}

function refuseName(name: string): void {
  if (!nameText.test(name)) throw new VigieError('bad_request', 'Bank names must be UPPER_WITH_UNDERSCORE');
  if (name.length > maxName)
    throw new VigieError('bad_request', `Bank names must have at most ${maxName} characters; this one has ${name.length}`);
}

function refuseRatio(ratio: number): void {
  if (!(ratio >= 0 && ratio <= 1)) throw new VigieError('bad_request', `enabled_ratio must be from 0 to 1, got ${ratio}`);
}
