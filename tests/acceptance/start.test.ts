import { readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listsSchema } from '../../src/http/schemas/list.js';
import { vigie, vigieJson } from '../support/cli.js';
import { Client, expectOk } from '../support/client.js';
import { createTestDatabase, onPostgres, openTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestService, type TestService } from '../support/service.js';

const anyPort = { VIGIE_PORT: '0', VIGIE_OPS_PORT: '0' };
const testImage = 'src/assets/test-image.png';

describe('a start is refused, with exit code 1 and the name', () => {
  it.each<[string, Record<string, string>, readonly string[]]>([
    ['an unknown setting', { VIGIE_FOO: '1' }, ['VIGIE_FOO']],
    ['two unknown settings', { VIGIE_FOO: '1', VIGIE_BAR: '1' }, ['VIGIE_FOO', 'VIGIE_BAR']],
    ['a setting an orchestrator injects', { VIGIE_SERVICE_HOST: '10.0.0.1' }, ['VIGIE_SERVICE_HOST', 'enableServiceLinks']],
    ['a port an orchestrator injects', { VIGIE_PORT: 'tcp://10.0.0.1:8700' }, ['VIGIE_PORT', 'enableServiceLinks']],
    ['a value out of bounds', { VIGIE_PORT: '70000' }, ['VIGIE_PORT', '65535']],
    ['an index that is none', { VIGIE_INDEX: 'fast' }, ['VIGIE_INDEX', 'memory']],
    ['a database that is none', { DATABASE_URL: 'mysql://me:secret@db/x' }, ['DATABASE_URL', 'postgresql://']],
    ['a socket path too long', { ...anyPort, VIGIE_DATA_DIR: join(tmpdir(), 'v'.repeat(107)) }, ['VIGIE_DATA_DIR', '107']],
    ['a database that is away', { ...anyPort, DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/x' }, ['database']],
  ])('of %s', async (_, env, named) => {
    const { code, stdout, stderr } = await vigie(['serve'], env);
    expect(code).toBe(1);
    for (const name of named) expect(stderr).toContain(name);
    expect(stderr + stdout).not.toContain('secret');
    expect(stdout).not.toContain('listening');
  });

  it('of a schema newer than the code', async () => {
    const database = await createTestDatabase();
    const opened = await openTestDatabase(database);
    await opened.database.query(`insert into migration (name, run_on) values ('9999_from-the-future', now())`);
    await opened.database.close();
    const { code, stderr } = await vigie(['serve'], { ...database.env, ...anyPort });
    expect(code).toBe(1);
    expect(stderr).toContain('9999_from-the-future');
    await database.drop();
  });

  it('of a port that is taken', async () => {
    const service = await startTestService();
    const other = await createTestDatabase();
    const { port } = new URL(service.url);
    const { code, stderr } = await vigie(['serve'], { ...other.env, VIGIE_PORT: port, VIGIE_OPS_PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toContain(port);
    await service.stop();
    await Promise.all([service.database.drop(), other.drop()]);
  });
});

describe.skipIf(onPostgres)('the first start on an empty directory (embedded database only)', () => {
  const roles = ['operator', 'analyst', 'platform'] as const;
  let database: TestDatabase;
  let service: TestService;
  let keysFile = '';
  let text = '';
  const keyOf = (role: string) => new RegExp(`${role} +(vig_[0-9a-z]{12}_[0-9a-f]{64})`).exec(text)?.[1] ?? '';
  const client = (role: string) => new Client(service.url, keyOf(role));

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    service = await startTestService({ database });
    const { file } = await service.logged('first start: the keys are in this file, and nowhere else');
    keysFile = z.string().parse(file);
    text = await readFile(keysFile, 'utf8');
  });

  afterAll(async () => {
    await service.stop();
    await database.drop();
  });

  it('leaves the keys in a file only its owner reads', async () => {
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

  it.each(roles)('makes a key that works as %s and as nothing else', async (role) => {
    const allowed = { operator: ['POST', '/v1/lists'], analyst: ['GET', '/v1/entries'], platform: ['POST', '/v1/match'] };
    for (const [other, [method = '', path = '']] of Object.entries(allowed)) {
      const { status } = await client(role).call(method, path);
      if (other === role) expect([200, 400]).toContain(status);
      else expect(status).toBe(403);
    }
  });

  it('matches the test image by the command line, which ends with 3', async () => {
    const env = { ...database.env, VIGIE_PORT: new URL(service.url).port, VIGIE_KEY: keyOf('platform') };
    const { code, stdout } = await vigie(['match', testImage], env);
    expect(stdout).toContain('test_match');
    expect(code).toBe(3);
  });

  it('writes the keys into no log and no file of the database', async () => {
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

  it('makes no keys the second time', async () => {
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
