/** Creates keys through the store: a `vigie` command takes a second. */
import { setup } from '../../src/domain/actor.js';
import { mintKey } from '../../src/service/accounts/key-cache.js';
import type { NewKey } from '../../src/store/keys.js';
import type { Stores } from '../../src/store/stores.js';
import { openTestDatabase, type TestDatabase } from './database.js';

export interface CreatedKey {
  readonly id: string;
  readonly key: string;
}

/** The server accepts it once it has read its change feed. */
export async function createKey(test: TestDatabase, key: Omit<NewKey, 'id' | 'secretSha256'>): Promise<CreatedKey> {
  return withStores(test, (stores) => storeKey(stores, key));
}

/** A key of a new platform without rights on any list. */
export async function createStrangers(test: TestDatabase): Promise<CreatedKey> {
  return withStores(test, async (stores) => {
    await stores.organisations.create({ id: 'strangers', name: 'Strangers', kind: 'platform' }, setup, true);
    return storeKey(stores, { organisation: 'strangers', role: 'platform' });
  });
}

async function storeKey({ keys }: Stores, given: Omit<NewKey, 'id' | 'secretSha256'>): Promise<CreatedKey> {
  const { id, key, secretSha256 } = mintKey();
  await keys.create({ ...given, id, secretSha256 }, setup, true);
  return { id, key };
}

async function withStores<Value>(test: TestDatabase, work: (stores: Stores) => Promise<Value>): Promise<Value> {
  const { database, stores } = await openTestDatabase(test);
  try {
    return await work(stores);
  } finally {
    await database.close();
  }
}
