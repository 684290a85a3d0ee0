import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DataKeyRefused, DerivedKeys, openDataKey } from '../src/data-key.js';
import { setup } from '../src/domain/actor.js';
import type { KeyPurpose } from '../src/domain/data-key.js';
import { newList } from '../src/domain/list.js';
import { vigie } from './support/cli.js';
import { createTestDatabase } from './support/database.js';
import { openOwnDatabase } from './support/own-database.js';

const purposes: readonly KeyPurpose[] = ['audit', 'tombstone', 'seal', 'reference'];
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('DerivedKeys', () => {
  const secret = randomBytes(32);

  it('derives the same 32 bytes each time for a purpose', () => {
    for (const purpose of purposes) {
      const key = new DerivedKeys(secret).derive(purpose);
      expect([key.length, hex(key)]).toEqual([32, hex(new DerivedKeys(secret).derive(purpose))]);
    }
  });

  it('derives keys that differ from each other, the secret and the fingerprint', () => {
    const keys = new DerivedKeys(secret);
    const all = [...purposes.map((purpose) => keys.derive(purpose)), secret, keys.fingerprint].map(hex);
    expect(new Set(all).size).toBe(all.length);
  });

  it('follows RFC 5869 (HKDF-SHA-256 without salt)', () => {
    expect(hex(new DerivedKeys(Buffer.alloc(32, 1)).derive('audit'))).toBe(
      '7043276b42b399f670f7f3fa51e96a7a28f149461060d5facaa30d19b87f1eaa',
    );
  });
});

const { database, test } = await openOwnDatabase();
const dataDir = test.env.VIGIE_DATA_DIR;
const file = join(dataDir, 'secret.key');
const open = (given?: Uint8Array) => openDataKey(database, { given, dataDir });

describe('openDataKey', () => {
  beforeEach(async () => {
    await database.query('delete from installation');
    await rm(file, { force: true });
  });

  it('creates a secret that only its owner can read, and leaves no other file', async () => {
    await open();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('secret'))).toEqual(['secret.key']);
  });

  it('gives the same keys when it opens again', async () => {
    expect(hex((await open()).derive('seal'))).toBe(hex((await open()).derive('seal')));
  });

  it('accepts the content of the file as VIGIE_DATA_KEY and then creates no file', async () => {
    const made = await open();
    const given = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
    await rm(file);
    expect(hex((await open(given)).derive('seal'))).toBe(hex(made.derive('seal')));
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('refuses a VIGIE_DATA_KEY of another database and says what to do', async () => {
    await open(randomBytes(32));
    const other = randomBytes(32);
    const refusal = await open(other).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataKeyRefused);
    expect(String(refusal)).toMatch(/VIGIE_DATA_KEY.*secret\.key.*share a PostgreSQL.*backup/);
    expect(String(refusal)).not.toContain(hex(other));
  });

  it('creates no secret for a database that has another', async () => {
    await open(randomBytes(32));
    await expect(open()).rejects.toThrow(/there is no .*secret\.key/);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it.each(['', 'secret', 'f'.repeat(63), 'g'.repeat(64)])('refuses a file that holds %j', async (text) => {
    await writeFile(file, text);
    await expect(open()).rejects.toThrow(/expected 64 hexadecimal digits/);
  });
});

describe('openDataKey on an empty database', () => {
  it('accepts another key until the first key was used', async () => {
    const empty = await openOwnDatabase({ empty: true });
    const dataDir = empty.test.env.VIGIE_DATA_DIR;
    await openDataKey(empty.database, { given: randomBytes(32), dataDir });
    const next = randomBytes(32);
    await openDataKey(empty.database, { given: next, dataDir });
    await empty.stores.lists.create(listOf('first'), setup);
    await expect(openDataKey(empty.database, { given: randomBytes(32), dataDir })).rejects.toThrow(DataKeyRefused);
    await openDataKey(empty.database, { given: next, dataDir });
  });
});

describe('several commands on a new data directory', () => {
  it('use one secret', async () => {
    const database = await createTestDatabase();
    const results = await Promise.all([1, 2, 3].map(() => vigie(['keys', 'list', '--json'], database.env)));
    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual([1, 2, 3].map(() => [0, '']));
    await database.drop();
  });
});

function listOf(id: string) {
  return newList({ id, title: id, class: 'unclassified', action: 'remove' });
}
