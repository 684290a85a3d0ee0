import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vigie } from '../support/cli.js';
import { createTestDatabase, openTestDatabase } from '../support/database.js';
import { startTestService } from '../support/service.js';

const anyPort = { VIGIE_PORT: '0', VIGIE_OPS_PORT: '0' };

describe('a start is refused with exit code 1 and the name', () => {
  it.each<[string, Record<string, string>, readonly string[]]>([
    ['an unknown setting', { VIGIE_FOO: '1' }, ['VIGIE_FOO']],
    ['two unknown settings', { VIGIE_FOO: '1', VIGIE_BAR: '1' }, ['VIGIE_FOO', 'VIGIE_BAR']],
    ['a setting an orchestrator injects', { VIGIE_SERVICE_HOST: '10.0.0.1' }, ['VIGIE_SERVICE_HOST', 'enableServiceLinks']],
    ['a port an orchestrator injects', { VIGIE_PORT: 'tcp://10.0.0.1:8700' }, ['VIGIE_PORT', 'enableServiceLinks']],
    ['a value out of bounds', { VIGIE_PORT: '70000' }, ['VIGIE_PORT', '65535']],
    ['an unknown index', { VIGIE_INDEX: 'fast' }, ['VIGIE_INDEX', 'memory']],
    ['a URL of another database', { DATABASE_URL: 'mysql://me:secret@db/x' }, ['DATABASE_URL', 'postgresql://']],
    ['a socket path too long', { ...anyPort, VIGIE_DATA_DIR: join(tmpdir(), 'v'.repeat(107)) }, ['VIGIE_DATA_DIR', '107']],
    ['a database that is unreachable', { ...anyPort, DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/x' }, ['database']],
  ])('of %s', async (_, env, named) => {
    const { code, stdout, stderr } = await vigie(['serve'], env);
    expect(code).toBe(1);
    for (const name of named) expect(stderr).toContain(name);
    expect(stderr + stdout).not.toContain('secret');
    expect(stdout).not.toContain('listening');
  });

  it('of a newer schema on which this version cannot run', async () => {
    const database = await createTestDatabase();
    const opened = await openTestDatabase(database);
    await opened.database.query(`insert into migration (name, run_on) values ('9999_from-the-future', now())`);
    await opened.database.query("update schema_floor set migration = '9999_from-the-future'");
    await opened.database.close();
    const { code, stderr } = await vigie(['serve'], { ...database.env, ...anyPort });
    expect(code).toBe(1);
    expect(stderr).toContain('9999_from-the-future');
    await database.drop();
  });

  it.each(['VIGIE_PORT', 'VIGIE_OPS_PORT'])('of a port that is taken, for %s', async (setting) => {
    const service = await startTestService();
    const other = await createTestDatabase();
    const { port } = new URL(service.url);
    const { code, stdout, stderr } = await vigie(['serve'], { ...other.env, ...anyPort, [setting]: port });
    expect(code).toBe(1);
    for (const name of [port, setting]) expect(stderr).toContain(name);
    expect(stdout).not.toContain('listening');
    await service.stop();
    await Promise.all([service.database.drop(), other.drop()]);
  });
});
