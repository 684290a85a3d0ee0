import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { vigie, vigieJson } from '../support/cli.js';
import { problemOf } from '../support/client.js';
import { createKey } from '../support/keys.js';
import { RawConnection } from '../support/raw.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const env = () => on.service.database.env;
const createAnalyst = (more: { person?: string; expiresAt?: Date } = {}) =>
  createKey(on.service.database, { organisation: 'tests', role: 'analyst', ...more });
const statusWith = async (key: string) => (await on.client.withKey(key).call('GET', '/v1/lists')).status;

describe('a key, while the server runs', () => {
  it('opens within a second of being created on the command line', async () => {
    const created = await vigieJson(['keys', 'create', '--organisation', 'tests', '--role', 'analyst'], env());
    const { key, role } = z.object({ key: z.string(), role: z.string() }).parse(created);
    expect(role).toBe('analyst');
    await until('the key is accepted', 1_000, async () => (await statusWith(key)) === 200);
  });

  it('is refused within a second of being revoked, before the body is read', async () => {
    const { id, key } = await createAnalyst();
    await until('the key is accepted', 1_000, async () => (await statusWith(key)) === 200);
    expect((await vigie(['keys', 'revoke', id], env())).code).toBe(0);
    await until('the key is refused', 1_000, async () => (await statusWith(key)) === 401);
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/entries', { authorization: `Bearer ${key}`, 'content-length': '1000000' });
    const answer = await connection.answer();
    expect(answer.status).toBe(401);
    expect(problemOf(answer)).toMatchObject({ code: 'unauthorized', detail: expect.stringContaining('revoked') });
    await connection.closed();
  });

  it('is refused once it has expired', async () => {
    const expiresAt = new Date(Date.now() + 2_000);
    const { key } = await createAnalyst({ expiresAt });
    await until('the key is accepted', 1_000, async () => (await statusWith(key)) === 200);
    await until('the key is refused', expiresAt.getTime() - Date.now() + 1_000, async () => (await statusWith(key)) === 401);
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime());
    expect(problemOf(await on.client.withKey(key).call('GET', '/v1/lists')).detail).toContain('expired');
  });

  it('is listed without its secret', async () => {
    const { id, key } = await createAnalyst({ person: 'Ada' });
    const { stdout } = await vigie(['keys', 'list', '--json'], env());
    expect(stdout).toContain(id);
    expect(stdout).toContain('Ada');
    expect(stdout).not.toContain(key.slice(-64));
  });

  it('stays valid when another key of the same person is revoked', async () => {
    const [one, other] = [await createAnalyst({ person: 'Grace' }), await createAnalyst({ person: 'Grace' })];
    await vigie(['keys', 'revoke', one.id], env());
    await until('the revoked key is refused', 1_000, async () => (await statusWith(one.key)) === 401);
    expect(await statusWith(other.key)).toBe(200);
  });
});
