/** A database of one test file's own, open in this process. */
import { randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import type { Stores } from '../../src/main.js';
import type { Database } from '../../src/store/database.js';
import type { NewEntry, NewHash } from '../../src/store/entries.js';
import { createTestDatabase, openTestDatabase, type TestDatabase } from './database.js';

export interface OwnDatabase {
  readonly database: Database;
  readonly stores: Stores;
  readonly test: TestDatabase;
}

/** Opens a database that goes when the test file ends; `empty`: migrated, with nothing in it. */
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

/** A verified entry of list `known` with these hashes, the same as no other. */
export function newEntryOf(hashes: readonly NewHash[], changes: Partial<NewEntry> = {}): NewEntry {
  const identity = randomBytes(32);
  return { list: 'known', status: 'verified', identity, hashes, quality: null, provenance: {}, createdBy: null, ...changes };
}

/** A UUID of the public id `ent_<hex>`. */
export function uuidOf(id: string): string {
  return id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
