import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { keySchema, keysSchema, mintedKeySchema } from '../../src/http/schemas/key.js';
import { signIn } from '../support/browser.js';
import { type Client, expectOk, problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { createKey } from '../support/keys.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const first = () => on.client.as('operator');
let second: Client;
const create = async (key: object, by = first()) =>
  expectOk(mintedKeySchema, await by.json('POST', '/v1/keys', { organisation: 'tests', role: 'analyst', ...key }));
const confirm = (id: string, by: Client) => by.call('POST', `/v1/keys/${id}/confirm`);
const revoke = (id: string, by = first()) => by.call('POST', `/v1/keys/${id}/revoke`);
const listed = async (by = first()) => expectOk(keysSchema, await by.call('GET', '/v1/keys')).items;
const statusWith = async (key: string) => (await on.client.withKey(key).call('GET', '/v1/organisation')).status;

/** Of an operator whose key counts as confirmed. */
async function newOperator(person: string): Promise<{ id: string; key: string }> {
  const created = await createKey(on.service.database, { organisation: 'others', role: 'operator', person });
  await until('the key is accepted', 5_000, async () => (await statusWith(created.key)) === 200);
  return created;
}

beforeAll(async () => {
  second = on.client.withKey((await newOperator('Second')).key);
});

describe('POST /v1/keys', () => {
  it('creates a key that works at once and is shown once', async () => {
    const expiresAt = '2099-01-31T00:00:00.000Z';
    const limits = { trust: 'low', quotaMinute: 5, quotaDay: 0 } as const;
    const minted = await create({ role: 'platform', person: 'Machine', expiresAt, ...limits });
    expect(minted).toMatchObject({
      organisation: 'tests',
      role: 'platform',
      person: 'Machine',
      expiresAt,
      ...limits,
      confirmed: true,
    });
    expect(await statusWith(minted.key)).toBe(200);
    expect(JSON.stringify(await listed())).not.toContain(minted.key.slice(-64));
  });

  it.each(['analyst', 'reviewer', 'operator'])('creates a key of role %s that waits for a second operator', async (role) => {
    const minted = await create({ role });
    expect([minted.confirmed, await statusWith(minted.key)]).toEqual([false, 401]);
  });

  it.each([
    ['an expiry in the past', { expiresAt: '2020-01-31T00:00:00Z' }, 'expiresAt: must be in the future'],
    ['a name with control characters', { person: 'A\u0007' }, 'person: must not contain control characters'],
    ['a quota below 0', { quotaDay: -1 }, 'quotaDay'],
    ['an unknown field', { secret: 'x' }, 'secret'],
  ])('refuses %s', async (_what, key, detail) => {
    const answer = await first().json('POST', '/v1/keys', { organisation: 'tests', role: 'analyst', ...key });
    expect([answer.status, problemOf(answer).detail]).toEqual([400, expect.stringContaining(detail)]);
  });

  it('refuses an unknown organisation', async () => {
    expect((await first().json('POST', '/v1/keys', { organisation: 'nowhere', role: 'analyst' })).status).toBe(404);
  });

  it('creates one key for one Idempotency-Key, and never stores it', async () => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const body = JSON.stringify({ organisation: 'tests', role: 'auditor', person: 'Twice' });
    const send = () => first().call('POST', '/v1/keys', { body, headers });
    const { id, key } = expectOk(mintedKeySchema, await send());
    const again = await send();
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([409, 'true']);
    expect(problemOf(again)).toMatchObject({ code: 'conflict', detail: expect.stringContaining(id) });
    expect((await listed()).filter(({ person }) => person === 'Twice')).toHaveLength(1);
    const { database } = await openTestDatabase(on.service.database);
    const rows = await database.query<{ text: string }>("select encode(body, 'escape') as text from idempotent_request");
    await database.close();
    expect(rows.some(({ text }) => text.includes(id))).toBe(true);
    expect(rows.some(({ text }) => text.includes(key.slice(-64)))).toBe(false);
  });
});

describe('POST /v1/keys/{id}/confirm', () => {
  it('by another operator lets the key work', async () => {
    const { id, key } = await create({ person: 'Ada' });
    expect(expectOk(keySchema, await confirm(id, second))).toMatchObject({ id, person: 'Ada', confirmed: true, ownWork: false });
    expect(await statusWith(key)).toBe(200);
  });

  it('is refused to the operator who created the key', async () => {
    const { id } = await create({ person: 'Ada' });
    const answer = await confirm(id, first());
    expect([answer.status, problemOf(answer).code]).toEqual([403, 'own_work']);
  });

  it('is refused to the operator who holds the key', async () => {
    const { id } = await create({ organisation: 'others', role: 'analyst', person: 'Second' });
    const answer = await confirm(id, second);
    expect([answer.status, problemOf(answer).code]).toEqual([403, 'own_work']);
  });

  it('is refused for a key that is confirmed', async () => {
    const { id } = await create({ role: 'flagger' });
    expect((await confirm(id, second)).status).toBe(409);
  });

  it.each([
    ['an unknown key', 404, 'nobody000000'],
    ['an id that is none', 400, 'nobody'],
  ])('answers %s with %i', async (_what, status, id) => {
    expect((await confirm(id, second)).status).toBe(status);
  });
});

describe('POST /v1/keys/{id}/revoke', () => {
  it('ends the key at once, also when it is repeated', async () => {
    const { id, key } = await create({ role: 'platform' });
    const revoked = expectOk(keySchema, await revoke(id));
    expect([revoked.revokedAt, await statusWith(key)]).toEqual([expect.any(String), 401]);
    expect(expectOk(keySchema, await revoke(id)).revokedAt).toBe(revoked.revokedAt);
  });

  it('ends the session of an operator who revokes the own key', async () => {
    const { id, key } = await newOperator('Leaver');
    const session = await signIn(on.service.url, key);
    expect((await session.call('POST', `/v1/keys/${id}/revoke`)).status).toBe(200);
    expect((await session.call('GET', '/v1/organisation')).status).toBe(401);
  });

  it('answers 404 for an unknown key', async () => {
    expect((await revoke('nobody000000')).status).toBe(404);
  });
});

describe('GET /v1/keys', () => {
  it('tells each operator which keys are their own work', async () => {
    const created = await create({ person: 'Grace' });
    const held = await create({ organisation: 'others', person: 'Second' });
    const own = async (by: Client) => {
      const items = await listed(by);
      return [created, held].map(({ id }) => items.find((item) => item.id === id)?.ownWork);
    };
    expect([await own(first()), await own(second)]).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it('shows an auditor every key without its secret', async () => {
    const { id, key, ...minted } = await create({ role: 'auditor' });
    const item = (await listed(on.client.as('auditor'))).find((one) => one.id === id);
    expect(item).toEqual({ ...minted, id, createdAt: expect.any(String), revokedAt: null, ownWork: false });
    expect(JSON.stringify(item)).not.toContain(key);
    expect((await listed()).map((one) => one.id)).toContain(keyOf('operator').split('_')[1]);
  });
});
