import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { vigie, vigieJson } from '../support/cli.js';
import { problemOf } from '../support/client.js';
import { RawConnection } from '../support/raw.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const createdSchema = z.object({ id: z.string(), key: z.string(), role: z.string(), expiresAt: z.string().nullable() });
const env = () => on.service.database.env;
const createKey = async (...options: string[]) =>
  createdSchema.parse(await vigieJson(['keys', 'create', '--organisation', 'tests', '--role', 'analyst', ...options], env()));
const statusWith = async (key: string) => (await on.client.withKey(key).call('GET', '/v1/lists')).status;

describe('a key of the command line, while the server runs', () => {
  it('is taken within a second', async () => {
    const { key, role } = await createKey();
    expect(role).toBe('analyst');
    await until('the key is taken', 1_000, async () => (await statusWith(key)) === 200);
  });

  it('is refused within a second of being revoked, before the body is read', async () => {
    const { id, key } = await createKey();
    await until('the key is taken', 1_000, async () => (await statusWith(key)) === 200);
    expect((await vigie(['keys', 'revoke', id], env())).code).toBe(0);
    await until('the key is refused', 1_000, async () => (await statusWith(key)) === 401);
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/entries', { authorization: `Bearer ${key}`, 'content-length': '1000000' });
    const answer = await connection.answer();
    expect(answer.status).toBe(401);
    expect(problemOf(answer)).toMatchObject({ code: 'unauthorized', detail: expect.stringContaining('revoked') });
    await connection.closed();
  });

  it('ends when it expires', async () => {
    // Far enough for the command to end first.
    const expires = new Date(Date.now() + 6_000);
    const { key, expiresAt } = await createKey('--expires', expires.toISOString());
    expect(expiresAt).toBe(expires.toISOString());
    await until('the key is taken', 1_000, async () => (await statusWith(key)) === 200);
    await until('the key is refused', expires.getTime() - Date.now() + 1_000, async () => (await statusWith(key)) === 401);
    expect(Date.now()).toBeGreaterThanOrEqual(expires.getTime());
    expect(problemOf(await on.client.withKey(key).call('GET', '/v1/lists')).detail).toContain('expired');
  });

  it('is listed without anything that opens a door', async () => {
    const { id, key } = await createKey('--person', 'Ada');
    const { stdout } = await vigie(['keys', 'list', '--json'], env());
    expect(stdout).toContain(id);
    expect(stdout).toContain('Ada');
    expect(stdout).not.toContain(key.slice(-64));
  });

  it('of one person leaves the other keys of that person alone', async () => {
    const [one, other] = [await createKey('--person', 'Grace'), await createKey('--person', 'Grace')];
    await vigie(['keys', 'revoke', one.id], env());
    await until('the one is refused', 1_000, async () => (await statusWith(one.key)) === 401);
    expect(await statusWith(other.key)).toBe(200);
  });
});
