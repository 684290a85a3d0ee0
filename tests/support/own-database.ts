import { randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import type { Entry } from '../../src/domain/entry.js';
import type { Database } from '../../src/store/database.js';
import type { NewEntry, NewHash } from '../../src/store/entries.js';
import { replaceWithTombstone } from '../../src/store/entry-review.js';
import type { Stores } from '../../src/store/stores.js';
import { createTestDatabase, openTestDatabase, type TestDatabase } from './database.js';

export interface OwnDatabase {
  readonly database: Database;
  readonly stores: Stores;
  readonly test: TestDatabase;
}

/** Drops it when the file ends. `empty`: migrated, not seeded. */
export async function openOwnDatabase(options: { empty?: boolean } = {}): Promise<OwnDatabase> {
  const test = await createTestDatabase(options);
  const { database, stores } = await openTestDatabase(test);
  afterAll(async () => {
    await database.close();
    await test.drop();
  });
  return { database, stores, test };
}

export const pdqHash = (hex: string, changes: Partial<NewHash> = {}): NewHash => ({
  algorithm: 'pdq',
  variant: 'full',
  hex,
  quality: 100,
  ...changes,
});

export function newEntryOf(hashes: readonly NewHash[], changes: Partial<NewEntry> = {}): NewEntry {
  const identity = randomBytes(32);
  const said = { provenance: {}, sourceCodes: [], series: null, synthetic: false, expiresAt: null };
  return { list: 'known', status: 'verified', flagged: false, identity, marks: [], hashes, quality: null, ...said, ...changes };
}

export function withdraw({ entryReview }: Stores, uuid: string, reason = 'a test'): Promise<Entry | undefined> {
  return entryReview.change(uuid, setup, reason, (change) =>
    replaceWithTombstone(change, 'withdraw', () => ({ sealed: null, marks: [] })),
  );
}

export function uuidOf(id: string): string {
  return id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
