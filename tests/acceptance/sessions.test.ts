import { describe, expect, it } from 'vitest';
import { signIn } from '../support/browser.js';
import { problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { createKey } from '../support/keys.js';
import { RawConnection } from '../support/raw.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const signInAs = (key = keyOf('operator')) => signIn(on.service.url, key);
const statusOf = async (answer: Promise<{ status: number }>) => (await answer).status;

/** Changes the times of the open sessions. */
async function shiftSessions(column: 'seen_at' | 'ends_at', by: string): Promise<void> {
  const { database } = await openTestDatabase(on.service.database);
  await database.query(`update session set ${column} = ${column} - $1::interval`, [by]);
  await database.close();
}

async function storedSessions(): Promise<string> {
  const { database } = await openTestDatabase(on.service.database);
  const rows = await database.query('select row_to_json(s)::text as row from session s');
  await database.close();
  return JSON.stringify(rows);
}

async function newKey(): Promise<{ id: string; key: string }> {
  const created = await createKey(on.service.database, { organisation: 'tests', role: 'analyst', person: 'Ada' });
  await until('the key is accepted', 2_000, async () => {
    return (await on.client.withKey(created.key).call('GET', '/v1/organisation')).status === 200;
  });
  return created;
}

async function acts(act: string): Promise<unknown[]> {
  const { database } = await openTestDatabase(on.service.database);
  const rows = await database.query('select person, organisation, api_key, via, subject, detail from act where act = $1', [act]);
  await database.close();
  return rows;
}

describe('POST /v1/session', () => {
  it('trades a key for a cookie that no script can read', async () => {
    const answer = await on.client.as('operator').call('POST', '/v1/session');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toMatch(/^vigie_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
      caller: {
        key: 'testoperator',
        organisation: 'tests',
        organisationName: 'Tests',
        person: expect.any(Number),
        personName: 'operator',
        role: 'operator',
      },
      idleSeconds: 900,
      endsAt: expect.any(String),
    });
  });

  it('names nobody for a key without a person', async () => {
    const { key } = await createKey(on.service.database, { organisation: 'tests', role: 'flagger' });
    await until('the key is accepted', 2_000, async () => {
      return (await on.client.withKey(key).call('GET', '/v1/organisation')).status === 200;
    });
    const answer = await on.client.withKey(key).call('POST', '/v1/session');
    expect(answer.body).toMatchObject({ caller: { personName: null, role: 'flagger' } });
  });

  it('ends after twelve hours', async () => {
    const answer = await (await signInAs()).call('GET', '/v1/session');
    const { endsAt } = answer.body as { endsAt: string };
    expect(Math.abs(Date.parse(endsAt) - Date.now() - 12 * 3_600_000)).toBeLessThan(60_000);
  });

  it('marks the cookie as secure wherever the service is not on this machine', async () => {
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/session', { host: 'vigie.example.org' });
    const { headers } = await connection.answer();
    connection.close();
    expect(headers.get('set-cookie')).toMatch(/^__Host-vigie_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Secure$/);
  });

  it('marks the cookie as secure behind a proxy with HTTPS on this machine', async () => {
    const answer = await on.client.call('POST', '/v1/session', { headers: { 'x-forwarded-proto': 'https' } });
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-.*; Secure$/);
  });

  it('refuses a key that does not exist', async () => {
    const answer = await on.client.withKey(`vig_nobody000000_${'0'.repeat(64)}`).call('POST', '/v1/session');
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
  });

  it('refuses a session', async () => {
    expect(await statusOf((await signInAs()).call('POST', '/v1/session'))).toBe(401);
  });

  it('ends the session that the browser had', async () => {
    const old = await signInAs();
    await on.client.as('analyst').call('POST', '/v1/session', { headers: { cookie: old.cookie } });
    expect(await statusOf(old.call('GET', '/v1/organisation'))).toBe(401);
  });

  it('stores neither cookie nor token', async () => {
    const { cookie, csrfToken } = await signInAs();
    const stored = await storedSessions();
    expect(stored).toContain('testoperator');
    expect(stored).not.toContain(cookie.split('=')[1]);
    expect(stored).not.toContain(csrfToken);
  });

  it('is written to the audit log, like the end of the session', async () => {
    const { id, key } = await newKey();
    await (await signInAs(key)).call('DELETE', '/v1/session');
    const act = { person: expect.any(Number), organisation: 'tests', api_key: id, via: 'key', subject: id, detail: {} };
    expect(await acts('session.open')).toContainEqual(act);
    expect(await acts('session.close')).toContainEqual(act);
  });
});

describe('GET /v1/session', () => {
  it('gives a page that was loaded again its token', async () => {
    const session = await signInAs();
    const { body } = await session.withoutToken('GET', '/v1/session');
    expect(body).toMatchObject({ csrfToken: session.csrfToken, caller: { role: 'operator' } });
  });

  it.each(['same-origin', 'none'])('answers a request of Sec-Fetch-Site %s', async (site) => {
    const session = await signInAs();
    expect(await statusOf(session.withoutToken('GET', '/v1/session', { 'sec-fetch-site': site }))).toBe(200);
  });

  it.each(['cross-site', 'same-site'])('refuses a request of Sec-Fetch-Site %s', async (site) => {
    const session = await signInAs();
    const answer = await session.withoutToken('GET', '/v1/session', { 'sec-fetch-site': site, origin: 'https://example.org' });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    expect(JSON.stringify(answer.body)).not.toContain(session.csrfToken);
  });

  it.each([
    ['no cookie', {}],
    ['an unknown cookie', { cookie: `vigie_session=${'A'.repeat(43)}` }],
    ['a cookie that is none', { cookie: 'vigie_session=;' }],
    ['a key', { authorization: `Bearer ${keyOf('operator')}` }],
  ])('answers 401 to %s', async (_what, headers) => {
    const response = await fetch(`${on.service.url}/v1/session`, { headers: headers as Record<string, string> });
    expect(response.status).toBe(401);
  });
});

describe('DELETE /v1/session', () => {
  it('ends the session and clears the cookie', async () => {
    const session = await signInAs();
    const answer = await session.call('DELETE', '/v1/session');
    expect([answer.status, answer.body]).toEqual([204, '']);
    expect(answer.headers.get('set-cookie')).toMatch(/^vigie_session=; .*Max-Age=0$/);
    expect(await statusOf(session.call('GET', '/v1/organisation'))).toBe(401);
    expect(await statusOf(session.withoutToken('GET', '/v1/session'))).toBe(401);
  });

  it('needs the token', async () => {
    const session = await signInAs();
    expect(await statusOf(session.withoutToken('DELETE', '/v1/session'))).toBe(403);
    expect(await statusOf(session.call('GET', '/v1/organisation'))).toBe(200);
  });

  it('answers 404 to a key, which has no session', async () => {
    expect(await statusOf(on.client.call('DELETE', '/v1/session'))).toBe(404);
  });
});

describe('a session', () => {
  it('acts as its key', async () => {
    const session = await signInAs();
    const list = { id: 'by-session', title: 'By session', class: 'tvec', action: 'remove' };
    const created = await session.call('POST', '/v1/lists', { 'idempotency-key': 'session-1' }, list);
    const again = await on.client.as('operator').call('POST', '/v1/lists', {
      body: JSON.stringify(list),
      headers: { 'content-type': 'application/json', 'idempotency-key': 'session-1' },
    });
    expect([created.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
    expect(await acts('list.create')).toContainEqual(
      expect.objectContaining({ api_key: 'testoperator', subject: 'by-session', via: 'key' }),
    );
  });

  it('has the role of its key', async () => {
    const answer = await (await signInAs(keyOf('analyst'))).call('GET', '/v1/organisations');
    expect([answer.status, problemOf(answer).detail]).toEqual([403, expect.stringContaining('analyst')]);
  });

  it.each(['GET', 'PATCH'])('without its token may not %s', async (method) => {
    const answer = await (await signInAs()).withoutToken(method, '/v1/organisation');
    expect(answer.status).toBe(403);
    expect(problemOf(answer)).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('x-csrf-token') });
  });

  it('refuses the token of another session', async () => {
    const [one, other] = [await signInAs(), await signInAs()];
    expect(await statusOf(one.call('GET', '/v1/organisation', { 'x-csrf-token': other.csrfToken }))).toBe(403);
  });

  it('is refused when another site sends it', async () => {
    const session = await signInAs();
    expect(await statusOf(session.call('GET', '/v1/organisation', { 'sec-fetch-site': 'cross-site' }))).toBe(403);
  });

  it('counts for nothing beside a key', async () => {
    const session = await signInAs();
    const headers = { authorization: `Bearer ${keyOf('analyst')}` };
    expect(await statusOf(session.withoutToken('GET', '/v1/organisations', headers))).toBe(403);
    expect(await statusOf(session.withoutToken('GET', '/v1/entries', headers))).toBe(200);
  });

  it.each([
    ['platform', 'GET', '/m/lookup?signal=x&signal_type=pdq'],
    ['platform', 'GET', '/c/banks'],
    ['platform', 'POST', '/v1/pdq'],
    ['analyst', 'GET', '/v1/stopncii/FetchHashes'],
  ] as const)('of a %s may not %s %s, which clients of other services call', async (role, method, path) => {
    expect(await statusOf((await signInAs(keyOf(role))).call(method, path))).toBe(401);
  });

  it('lasts while requests come', async () => {
    const session = await signInAs();
    await shiftSessions('seen_at', '10 minutes');
    expect(await statusOf(session.call('GET', '/v1/organisation'))).toBe(200);
    await shiftSessions('seen_at', '10 minutes');
    expect(await statusOf(session.call('GET', '/v1/organisation'))).toBe(200);
  });

  it('is not kept open by a page that asks by itself', async () => {
    const session = await signInAs();
    await shiftSessions('seen_at', '10 minutes');
    expect(await statusOf(session.call('GET', '/v1/organisation', { 'x-unattended': 'true' }))).toBe(200);
    await shiftSessions('seen_at', '10 minutes');
    expect(await statusOf(session.call('GET', '/v1/organisation'))).toBe(401);
  });

  it('writes nothing for a second request within a minute', async () => {
    const session = await signInAs();
    await shiftSessions('seen_at', '59 seconds');
    const before = await storedSessions();
    await session.call('GET', '/v1/organisation');
    expect(await storedSessions()).toBe(before);
  });

  it('ends after fifteen minutes without a request', async () => {
    const session = await signInAs();
    await shiftSessions('seen_at', '16 minutes');
    const answer = await session.call('GET', '/v1/organisation');
    expect([answer.status, problemOf(answer).detail]).toEqual([401, expect.stringContaining('sign in again')]);
  });

  it('ends after twelve hours of requests', async () => {
    const session = await signInAs();
    await shiftSessions('ends_at', '12 hours');
    expect(await statusOf(session.call('GET', '/v1/organisation'))).toBe(401);
  });

  it('ends at once when its key is revoked', async () => {
    const { id, key } = await newKey();
    const session = await signInAs(key);
    const { database, stores } = await openTestDatabase(on.service.database);
    await stores.keys.revoke(id, { person: null, organisation: null, key: null, via: 'setup' });
    await database.close();
    await until('it has ended', 1_000, async () => (await statusOf(session.call('GET', '/v1/organisation'))) === 401);
    expect(problemOf(await session.call('GET', '/v1/organisation')).detail).toContain('revoked');
  });

  it('keeps answers out of the cache of the browser', async () => {
    const answer = await (await signInAs()).call('GET', '/v1/organisation');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

it('a key signs in at most fifty times at once', async () => {
  const { key } = await newKey();
  const first = await signInAs(key);
  await shiftSessions('seen_at', '1 second');
  for (let at = 0; at < 50; at++) await signInAs(key);
  expect(await statusOf(first.call('GET', '/v1/organisation'))).toBe(401);
});
