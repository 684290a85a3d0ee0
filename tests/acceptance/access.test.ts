import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Role, roles } from '../../src/domain/key.js';
import { problemOf } from '../support/client.js';
import { RawConnection } from '../support/raw.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const order = `/v1/orders/ord_${'0'.repeat(32)}`;
const notice = `/v1/notices/ntc_${'0'.repeat(32)}`;
const receivers: readonly Role[] = ['platform', 'operator'];
const people: readonly Role[] = ['analyst', 'reviewer'];
const entry = `/v1/entries/ent_${'0'.repeat(32)}`;
const anImport = `/v1/imports/imp_${'0'.repeat(32)}`;
const anExport = `/v1/exports/exp_${'0'.repeat(32)}`;
const match = `/v1/matches/req_${'0'.repeat(32)}`;

function namedPath(path: string): string {
  return path
    .replace('grants/nobody', 'grants/{organisation}')
    .replace(/nowhere|(ent|ord|ntc|imp|exp)_0+|[-048]{36}/, '{id}')
    .replace(/req_0+/, '{requestId}');
}

/** Every route that needs a key, and the roles that may call it. */
const routes: readonly [method: string, path: string, allowed: readonly Role[]][] = [
  ['POST', '/v1/match', ['platform']],
  ['POST', '/v1/match/batch', ['platform']],
  ['POST', '/v1/hash', ['platform', 'analyst', 'flagger']],
  ['POST', '/v1/entries', ['analyst', 'flagger']],
  ['POST', '/v1/entries/preview', ['analyst']],
  ['GET', '/v1/entries', people],
  ['GET', entry, people],
  ['GET', `${entry}/history`, people],
  ['GET', `${entry}/neighbours`, people],
  ['GET', `${entry}/activity`, people],
  ['GET', `${entry}/hashes`, people],
  ['GET', `${entry}/preview`, people],
  ['PUT', `${entry}/lease`, people],
  ['DELETE', `${entry}/lease`, people],
  ['GET', '/v1/queue', people],
  ['GET', entry.replace('/v1/entries', '/v1/queue'), people],
  ['GET', '/v1/series', people],
  ['POST', `${entry}/confirm`, people],
  ['POST', `${entry}/reject`, people],
  ['POST', `${entry}/dispute`, people],
  ['POST', `${entry}/release`, people],
  ['POST', `${entry}/withdraw`, ['analyst']],
  ['POST', `${entry}/restore`, ['analyst']],
  ['POST', '/v1/imports', ['analyst']],
  ['GET', '/v1/imports', ['analyst']],
  ['GET', anImport, ['analyst']],
  ['POST', `${anImport}/confirm`, ['analyst']],
  ['POST', `${anImport}/cancel`, ['analyst']],
  ['POST', '/v1/exports', ['analyst']],
  ['GET', '/v1/exports', people],
  ['GET', anExport, people],
  ['POST', `${anExport}/confirm`, people],
  ['POST', `${anExport}/cancel`, ['analyst']],
  ['GET', `${anExport}/file`, people],
  ['GET', '/v1/feed', ['analyst']],
  ['GET', '/v1/exchanges', ['operator', ...people]],
  ['POST', '/v1/exchanges', ['operator']],
  ['PATCH', '/v1/exchanges/nowhere', ['operator']],
  ['POST', '/v1/exchanges/nowhere/fetch', ['operator']],
  ['DELETE', '/v1/exchanges/nowhere', ['operator']],
  ['GET', '/v1/stopncii/FetchHashes', ['analyst']],
  ['POST', '/v1/stopncii/SubmitHashes', ['analyst']],
  ['POST', '/v1/stopncii/SubmitFeedback', ['analyst']],
  ['POST', '/v1/cases/assisted', ['flagger']],
  ['POST', '/v1/deconflict', ['analyst']],
  ['POST', '/v1/rapprochements', ['analyst']],
  ['GET', '/v1/matches', ['platform']],
  ['GET', match, ['platform']],
  ['GET', `${match}/explain`, ['platform']],
  ['POST', `${match}/feedback`, ['platform']],
  ['GET', '/v1/jobs', ['operator', 'auditor']],
  ['GET', '/v1/lists', ['analyst', 'reviewer', 'operator']],
  ['POST', '/v1/lists', ['operator']],
  ['PATCH', '/v1/lists/nowhere', ['operator']],
  ['DELETE', '/v1/lists/nowhere', ['operator']],
  ['GET', '/v1/lists/nowhere/versions', [...people, 'operator']],
  ['POST', '/v1/lists/nowhere/confirm', ['operator']],
  ['GET', '/v1/lists/nowhere/grants', ['operator']],
  ['PUT', '/v1/lists/nowhere/grants/nobody', ['operator']],
  ['POST', `${match}/drafts/statement-of-reasons`, ['platform']],
  ['POST', `${match}/drafts/cybertipline`, ['platform']],
  ['GET', '/v1/audit', ['auditor']],
  ['POST', '/v1/session', roles],
  ['DELETE', '/v1/session', roles],
  ['GET', '/v1/operations', ['operator', 'auditor']],
  ['GET', '/v1/operations/traffic', ['operator', 'auditor']],
  ['GET', '/v1/keys', ['operator', 'auditor']],
  ['POST', '/v1/keys', ['operator']],
  ['POST', '/v1/keys/nowhere/confirm', ['operator']],
  ['POST', '/v1/keys/nowhere/revoke', ['operator']],
  ['GET', '/v1/organisation', roles],
  ['PATCH', '/v1/organisation', ['platform', 'operator']],
  ['GET', '/v1/organisations', ['operator']],
  ['POST', '/v1/organisations', ['operator']],
  ['POST', '/v1/organisations/nowhere/confirm', ['operator']],
  ['PATCH', '/v1/organisations/nowhere', ['operator']],
  ['POST', '/v1/organisations/nowhere/settings/confirm', ['operator']],
  ['GET', '/v1/proposals', ['operator']],
  ['DELETE', '/v1/proposals/00000000-0000-4000-8000-000000000000', ['operator']],
  ['GET', '/v1/regimes', roles],
  ...[order, notice].flatMap((path): [string, string, readonly Role[]][] => [
    ['GET', path.slice(0, path.lastIndexOf('/')), [...receivers, 'auditor']],
    ['POST', path.slice(0, path.lastIndexOf('/')), receivers],
    ['GET', path, [...receivers, 'auditor']],
    ['POST', `${path}/outcome`, receivers],
    ['POST', `${path}/pause`, receivers],
    ['POST', `${path}/resume`, receivers],
  ]),
];
const ofCases = ['POST /v1/cases', 'POST /v1/cases/status', 'POST /v1/cases/withdraw'];
const openRoutes = ['GET /healthz', 'GET /readyz', 'GET /v1/session', ...ofCases];
const cases = routes.flatMap(([method, path, allowed]) =>
  roles.map((role) => ({ method, path, role, may: allowed.includes(role) })),
);

const apiDocument = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

describe('the routes', () => {
  it('in the OpenAPI document are all tested here', async () => {
    const { paths } = apiDocument.parse((await on.client.call('GET', '/openapi.json')).body);
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const general = routes.map(([method, path]) => `${method} ${namedPath(path)}`);
    expect(documented.sort()).toEqual([...general, ...openRoutes].sort());
  });

  it.each(['/healthz', '/readyz', '/openapi.json', '/docs/'])('%s needs no key', async (path) => {
    await until('the first set-up has ended', 10_000, async () => (await fetch(`${on.service.url}${path}`)).status === 200);
  });
});

describe('a key of a role', () => {
  it.each(cases.filter(({ may }) => !may))('$role may not $method $path', async ({ method, path, role }) => {
    const answer = await on.client.as(role).call(method, path);
    expect(answer.status).toBe(403);
    expect(problemOf(answer)).toMatchObject({ code: 'forbidden', detail: expect.stringContaining(role) });
  });

  it.each(cases.filter(({ may }) => may))('$role may $method $path', async ({ method, path, role }) => {
    // A refusal of the missing body or entry shows that the key was accepted.
    expect([200, 400, 404]).toContain((await on.client.as(role).call(method, path)).status);
  });
});

describe('without a valid key', () => {
  const platform = keyOf('platform');
  const authorizations: readonly [string, string | undefined][] = [
    ['no key', undefined],
    ['an empty one', ''],
    ['a malformed key', 'Bearer vig_short_key'],
    ['another scheme', `Basic ${Buffer.from('user:password').toString('base64')}`],
    ['an unknown id', `Bearer vig_nobody000000_${'0'.repeat(64)}`],
    ['a wrong secret', `Bearer ${platform.slice(0, -4)}${platform.endsWith('0000') ? '1111' : '0000'}`],
    ['a key and more', `Bearer ${platform} and more`],
  ];

  it.each(routes)('%s %s answers 401', async (method, path) => {
    const response = await fetch(`${on.service.url}${path}`, { method });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each(authorizations)('%s is refused before the body is read', async (_, authorization) => {
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/match', {
      'content-type': 'image/jpeg',
      'content-length': '15000000',
      authorization,
    });
    const answer = await connection.answer();
    expect(answer.status).toBe(401);
    expect(problemOf(answer).code).toBe('unauthorized');
    await connection.closed();
  });

  it('a body over the limit is refused because of the key, not because of its size', async () => {
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/match', { authorization: 'Bearer none', 'content-length': '999999999999' });
    expect((await connection.answer()).status).toBe(401);
    connection.close();
  });

  it('a wrong role is refused before the body is read', async () => {
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/match', { authorization: `Bearer ${keyOf('analyst')}`, 'content-length': '15000000' });
    expect((await connection.answer()).status).toBe(403);
    await connection.closed();
  });

  it('the answer never repeats the key', async () => {
    const key = `vig_nobody000000_${'5'.repeat(64)}`;
    const answer = await on.client.withKey(key).call('GET', '/v1/entries');
    expect(JSON.stringify(answer.body)).not.toContain('5'.repeat(20));
  });
});
