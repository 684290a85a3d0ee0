import { describe, expect, it } from 'vitest';
import { VigieError } from '../../../src/domain/errors.js';
import { newList, rightsOf } from '../../../src/domain/list.js';
import { BankCache, bankNameOf } from '../../../src/service/hma/bank-cache.js';
import type { HmaBankRow } from '../../../src/store/hma-banks.js';

const list = (id: string, action: 'remove' | 'suppress' | 'test_match' = 'remove') =>
  newList({ id, title: id, class: 'unclassified', action, organisation: 'coop' });
const lists = [list('hma-mine-1'), list('ncii-fr'), list('harmless', 'suppress'), list('test', 'test_match')];
const listCache = {
  get: (id: string) => lists.find((one) => one.id === id),
  visibleTo: () => lists,
  rights: (id: string, organisation: string) => {
    const found = lists.find((one) => one.id === id);
    return found ? rightsOf(found, organisation) : new Set<never>();
  },
};
const row = (name: string): HmaBankRow => ({ organisation: 'coop', name, list: 'hma-mine-1', ratio: 1 });

/** A database whose answers the test gives. */
function slowStore() {
  const asked: ((rows: HmaBankRow[]) => void)[] = [];
  return { asked, all: () => new Promise<HmaBankRow[]>((resolve) => asked.push(resolve)) };
}

describe('the banks of an organisation', () => {
  it('are those it made, and the lists that it may match but those of harmless content and tests', async () => {
    const cache = new BankCache({ all: async () => [row('MINE')] }, listCache);
    const { all } = await cache.of('coop');
    expect(all.map(({ name, isMade }) => [name, isMade])).toEqual([
      ['MINE', true],
      ['NCII_FR', false],
    ]);
  });

  it('keep a name that a list would also have', async () => {
    const cache = new BankCache({ all: async () => [row('NCII_FR')] }, listCache);
    expect((await cache.of('coop')).all.map(({ name }) => name)).toEqual(['NCII_FR', 'NCII_FR_2']);
  });

  it('are known to a lookup that comes while another one loads them', async () => {
    const store = slowStore();
    const cache = new BankCache(store, listCache);
    const both = Promise.all([cache.of('coop'), cache.of('coop')]);
    store.asked[0]?.([row('MINE')]);
    for (const { byList } of await both) expect(byList.get('hma-mine-1')?.name).toBe('MINE');
    expect(store.asked).toHaveLength(1);
  });

  it('are read again if they changed while they were read', async () => {
    const store = slowStore();
    const cache = new BankCache(store, listCache);
    const early = cache.of('coop');
    cache.heard([{ kind: 'list' }]);
    store.asked[0]?.([]);
    await Promise.resolve();
    const late = cache.of('coop');
    await expect.poll(() => store.asked.length).toBe(2);
    store.asked[1]?.([row('MINE')]);
    for (const banks of [await early, await late]) expect(banks.byName.has('MINE')).toBe(true);
  });

  it('stay as they were while the database is away', async () => {
    let isAway = false;
    const all = async () => {
      if (isAway) throw new VigieError('database_unavailable', 'away');
      return [row('MINE')];
    };
    const cache = new BankCache({ all }, listCache);
    await cache.of('coop');
    isAway = true;
    cache.heard(undefined);
    expect((await cache.of('coop')).byName.has('MINE')).toBe(true);
  });
});

it('the name of a list in capitals begins with no digit', () => {
  expect([bankNameOf('ncii-fr'), bankNameOf('2024-list')]).toEqual(['NCII_FR', '_2024_LIST']);
});
