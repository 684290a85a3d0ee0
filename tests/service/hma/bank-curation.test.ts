import { describe, expect, it } from 'vitest';
import { VigieError } from '../../../src/domain/errors.js';
import type { Caller } from '../../../src/domain/key.js';
import { type List, newList, rightsOf } from '../../../src/domain/list.js';
import { BankCache } from '../../../src/service/hma/bank-cache.js';
import { BankCuration } from '../../../src/service/hma/bank-curation.js';
import type { HmaBankRow, HmaBankStore } from '../../../src/store/hma-banks.js';

const caller = { organisation: 'coop', role: 'platform' } as Caller;

/** A node that hears of the banks of other nodes when it refreshes. */
function node() {
  const stored: HmaBankRow[] = [];
  let known: List[] = [];
  const feed = { isAway: false, isLoading: false };
  const store = {
    all: async () => [...stored],
    delete: async ({ name }: HmaBankRow) =>
      void stored.splice(
        stored.findIndex((row) => row.name === name),
        1,
      ),
    create: async () => true,
  };
  const listCache = {
    get: (id: string) => known.find((list) => list.id === id),
    visibleTo: () => known,
    rights: (id: string, organisation: string) => {
      const list = known.find((one) => one.id === id);
      return list ? rightsOf(list, organisation) : new Set<never>();
    },
  };
  const bankCache = new BankCache(store, listCache);
  const follower = {
    assertUsable() {
      if (feed.isLoading) throw new VigieError('index_unavailable', 'loading');
    },
    async refresh() {
      if (feed.isAway) throw new VigieError('database_unavailable', 'away');
      known = stored.map(({ list: id }) =>
        newList({ id, title: id, class: 'unclassified', action: 'hold_for_review', organisation: 'coop' }),
      );
      bankCache.heard(undefined);
    },
  };
  const curation = new BankCuration({ banks: store as unknown as HmaBankStore, bankCache, listCache, follower });
  return { curation, stored, feed };
}

const bankOf = (name: string): HmaBankRow => ({ organisation: 'coop', name, list: `hma-${name.toLowerCase()}`, ratio: 1 });

describe('a bank that another node has just', () => {
  it('made is no missing bank', async () => {
    const { curation, stored } = node();
    await expect(curation.get(caller, 'NEW')).rejects.toMatchObject({ code: 'not_found' });
    stored.push(bankOf('NEW'));
    expect(await curation.get(caller, 'NEW')).toMatchObject({ name: 'NEW' });
  });

  it('made is deleted', async () => {
    const { curation, stored } = node();
    await curation.all(caller);
    stored.push(bankOf('NEW'));
    await curation.delete(caller, 'NEW');
    expect(stored).toEqual([]);
  });

  it('deleted can be made again', async () => {
    const { curation, stored } = node();
    stored.push(bankOf('OLD'));
    await curation.get(caller, 'OLD');
    stored.pop();
    expect(await curation.create(caller, 'OLD', 1)).toMatchObject({ name: 'OLD' });
  });
});

describe('a bank that the node does not know', () => {
  it('is not called missing while the database is away', async () => {
    const { curation, feed } = node();
    await curation.all(caller);
    feed.isAway = true;
    await expect(curation.get(caller, 'X')).rejects.toMatchObject({ code: 'database_unavailable' });
    await expect(curation.delete(caller, 'X')).rejects.toMatchObject({ code: 'database_unavailable' });
  });

  it('is not called missing while the node loads', async () => {
    const { curation, feed } = node();
    feed.isLoading = true;
    await expect(curation.get(caller, 'X')).rejects.toMatchObject({ code: 'index_unavailable' });
  });
});
