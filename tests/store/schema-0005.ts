/** A database of schema 0005, filled by SQL. */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { packageRoot } from '../../src/package-root.js';
import { openEmbedded } from '../../src/store/embedded/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';

const random = randomFrom(53);
const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** As created by node-pg-migrate 8. */
const createMigrations = 'create table migration (id serial primary key, name varchar(255) not null, run_on timestamp not null)';
const insertMigration = 'insert into migration (name, run_on) values ($1, now())';
const insertOrganisation = 'insert into organisation (id, name, kind) values ($1, $1, $2)';
const insertKey = `
  insert into api_key (id, organisation, role, secret_sha256, expires_at, revoked_at) values ($1, $2, $3, $4, $5, $6)`;
const insertList = `
  insert into hash_list (id, title, class, action, pdq_tight, pdq_wide, blockhash, enabled) values ($1, $1, 'tvec', $2, 16, 31, 24, $3)`;
const insertEntry = `
  insert into entry (id, list, class, status, identity, hash_count, quality, created_by, withdrawn_because)
  values ($1, $2, 'tvec', $3, $4, 2, 100, $5, case when $3 = 'withdrawn' then 'a mistake' end)`;
const insertPdq =
  "insert into hash (entry, algorithm, bits, quality) values ($1, 'pdq', ('x' || $2)::varbit, 100) returning ordinal";
const insertDigest = "insert into hash (entry, algorithm, digest) values ($1, 'sha256', $2) returning ordinal";

export interface OldKey {
  readonly id: string;
  readonly organisation: string;
  readonly role: string;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
}

export interface OldEntry {
  readonly uuid: string;
  readonly list: string;
  readonly status: 'draft' | 'verified' | 'withdrawn';
  readonly by: string;
  /** Null: the entry finds only equal files. */
  readonly pdq: string | null;
  readonly sha256: Buffer;
}

export interface OldContent {
  readonly organisations: Readonly<Record<string, string>>;
  readonly keys: readonly OldKey[];
  readonly lists: readonly { readonly id: string; readonly action: string; readonly enabled: boolean }[];
  readonly entries: readonly OldEntry[];
}

export function oldEntry(list: string, status: OldEntry['status'], by: string): OldEntry & { pdq: string } {
  const uuid = randomUUID();
  return { uuid, list, status, by, pdq: randomHash(random), sha256: sha256(`picture ${uuid}`) };
}

export function textOf({ id }: OldKey): string {
  return `vig_${id}_${sha256(id).toString('hex')}`;
}

/** Also returns the ordinals of each entry's hashes. The caller drops the database. */
export async function createOldDatabase(
  content: OldContent,
): Promise<{ test: TestDatabase; ordinals: ReadonlyMap<string, readonly number[]> }> {
  const test = await createTestDatabase({ empty: true });
  const { pool, close } = await openBare(test);
  await pool.query(createMigrations);
  const files = readdirSync(join(packageRoot(), 'migrations')).filter((file) => file < '0006');
  for (const file of files.toSorted()) {
    await pool.query(readFileSync(join(packageRoot(), 'migrations', file), 'utf8'));
    await pool.query(insertMigration, [file.replace('.sql', '')]);
  }
  const ordinals = await fill(pool, content);
  await close();
  return { test, ordinals };
}

/** Opens the database without migrating it. */
async function openBare({ env }: TestDatabase): Promise<{ pool: pg.Pool; close(): Promise<void> }> {
  if (env.DATABASE_URL !== undefined) {
    const pool = new pg.Pool({ connectionString: env.DATABASE_URL });
    return { pool, close: () => pool.end() };
  }
  const embedded = await openEmbedded({ dataDir: env.VIGIE_DATA_DIR, command: 'vitest' });
  const pool = new pg.Pool(embedded.connection);
  const close = async () => {
    await pool.end();
    await embedded.close();
  };
  return { pool, close };
}

async function fill(pool: pg.Pool, { organisations, keys, lists, entries }: OldContent): Promise<Map<string, number[]>> {
  for (const [id, kind] of Object.entries(organisations)) await pool.query(insertOrganisation, [id, kind]);
  for (const { id, organisation, role, expiresAt, revokedAt } of keys) {
    // What is stored of a key is the hash of its secret's text (src/service/accounts/key-cache.ts).
    const secret = sha256(sha256(id).toString('hex'));
    await pool.query(insertKey, [id, organisation, role, secret, expiresAt ?? null, revokedAt ?? null]);
  }
  for (const { id, action, enabled } of lists) await pool.query(insertList, [id, action, enabled]);
  const ordinals = new Map<string, number[]>();
  for (const entry of entries) {
    await pool.query(insertEntry, [entry.uuid, entry.list, entry.status, entry.sha256, entry.by]);
    const near = entry.pdq === null ? undefined : await pool.query<{ ordinal: number }>(insertPdq, [entry.uuid, entry.pdq]);
    const equal = await pool.query<{ ordinal: number }>(insertDigest, [entry.uuid, entry.sha256]);
    ordinals.set(
      entry.uuid,
      [...(near?.rows ?? []), ...equal.rows].map(({ ordinal }) => ordinal),
    );
  }
  return ordinals;
}
