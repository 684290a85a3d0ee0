import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listsSchema } from '../../src/http/schemas/list.js';
import { vigie, vigieJson } from '../support/cli.js';
import { Client, expectOk } from '../support/client.js';
import { createTestDatabase, onPostgres, type TestDatabase } from '../support/database.js';
import { startTestService, type TestService } from '../support/service.js';

const testImage = 'src/assets/test-image.png';

describe.skipIf(onPostgres)('the first start on an empty directory (embedded database only)', () => {
  const roles = ['operator', 'analyst', 'platform'] as const;
  let database: TestDatabase;
  let service: TestService;
  let keysFile = '';
  let text = '';
  const keyOf = (role: string) => new RegExp(`${role} +(vig_[0-9a-z]{12}_[0-9a-f]{64})`).exec(text)?.[1] ?? '';
  const client = (role: string) => new Client(service.url, keyOf(role));

  beforeAll(async () => {
    database = await createTestDatabase({ empty: 'first start' });
    service = await startTestService({ database });
    const { file } = await service.logged('first start: the keys are in this file, and nowhere else');
    keysFile = z.string().parse(file);
    text = await readFile(keysFile, 'utf8');
  });

  afterAll(async () => {
    await service.stop();
    await database.drop();
  });

  it('writes the keys to a file that only its owner can read', async () => {
    expect(keysFile).toBe(join(database.env.VIGIE_DATA_DIR, 'keys.txt'));
    expect((await stat(keysFile)).mode & 0o777).toBe(0o600);
    expect((await stat(database.env.VIGIE_DATA_DIR)).mode & 0o777).toBe(0o700);
  });

  it('creates the lists test and demo', async () => {
    const { items } = expectOk(listsSchema, await client('analyst').call('GET', '/v1/lists'));
    expect(items.map(({ id, action }) => [id, action])).toEqual([
      ['demo', 'remove'],
      ['test', 'test_match'],
    ]);
  });

  it.each(roles)('creates a key that works as %s only', async (role) => {
    const allowed = { operator: ['POST', '/v1/lists'], analyst: ['GET', '/v1/entries'], platform: ['POST', '/v1/match'] };
    for (const [other, [method = '', path = '']] of Object.entries(allowed)) {
      const { status } = await client(role).call(method, path);
      if (other === role) expect([200, 400]).toContain(status);
      else expect(status).toBe(403);
    }
  });

  it('matches the test image on the command line, which exits with 3', async () => {
    const env = { ...database.env, VIGIE_PORT: new URL(service.url).port, VIGIE_KEY: keyOf('platform') };
    const { code, stdout } = await vigie(['match', testImage], env);
    expect(stdout).toContain('test_match');
    expect(code).toBe(3);
  });

  it('writes the keys to no log and no database file', async () => {
    const secrets = roles.map((role) => keyOf(role).slice(-64));
    const absentFrom = (content: Buffer | string) => secrets.every((secret) => !content.includes(secret));
    expect(absentFrom(service.output())).toBe(true);
    const entries = await readdir(database.env.VIGIE_DATA_DIR, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(100);
    const disclosure = [];
    for (const file of files) if (!absentFrom(await readFile(file))) disclosure.push(file);
    expect(disclosure).toEqual([keysFile]);
  });

  it('creates no keys the second time', async () => {
    await service.stop();
    service = await startTestService({ database });
    expect(await readFile(keysFile, 'utf8')).toBe(text);
    expect((await client('analyst').call('GET', '/v1/entries')).status).toBe(200);
    const { items } = await vigieJson(['keys', 'list'], database.env);
    expect(items).toHaveLength(3);
  });
});

describe.skipIf(!onPostgres)('the first start on an empty PostgreSQL (PostgreSQL only)', () => {
  it('creates the list test and no keys', async () => {
    const database = await createTestDatabase({ empty: true });
    const service = await startTestService({ database });
    expect(await vigieJson(['keys', 'list'], database.env)).toEqual({ items: [] });
    expect(await vigieJson(['lists', 'list'], database.env)).toMatchObject({ items: [{ id: 'test' }] });
    const { code, stdout } = await vigie(['match', testImage], database.env);
    expect(stdout).toContain('test_match');
    expect(code).toBe(3);
    expect(await service.stop()).toBe(0);
    await database.drop();
  });
});
