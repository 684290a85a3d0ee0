/** Of the HMA API. What the routes do needs a service; who may call them does not. */
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBareApp } from '../../../src/build/bare-app.js';
import { type KeyRecord, type Role, roles } from '../../../src/domain/key.js';
import { KeyCache, mintKey } from '../../../src/service/accounts/key-cache.js';
import type { IndexState } from '../../../src/service/hma/index-state.js';

const keys = new Map<Role, string>();
let app: FastifyInstance;
beforeAll(async () => {
  const keyCache = new KeyCache();
  for (const role of roles) {
    const { id, key, secretSha256 } = mintKey();
    const limits = { trust: 'full', quotaMinute: null, quotaDay: null } as const;
    const state = { organisation: 'tests', person: 1, expiresAt: null, revokedAt: null, confirmed: true };
    const record: KeyRecord = { id, role, secretSha256, ...limits, ...state };
    keyCache.put([record]);
    keys.set(role, key);
  }
  app = await buildBareApp({ keyCache, hma: { indexState: { health: 'I-AM-ALIVE' } as IndexState } });
});
afterAll(() => app.close());

async function call(method: string, url: string, headers: Record<string, string> = {}) {
  const {
    statusCode,
    body,
    headers: answered,
  } = await app.inject({ method: method as InjectOptions['method'], url, headers } as InjectOptions);
  return { status: statusCode, body: body.startsWith('{') ? JSON.parse(body) : body, headers: answered };
}

const curators: readonly Role[] = ['platform', 'analyst'];

/** Every route of the HMA API that needs a key, and the roles that may call it. */
const routes: readonly [method: string, path: string, allowed: readonly Role[]][] = [
  ['GET', '/h/hash', curators],
  ['POST', '/h/hash', curators],
  ['GET', '/m/raw_lookup', ['platform']],
  ['GET', '/m/lookup', ['platform']],
  ['POST', '/m/lookup', ['platform']],
  ['POST', '/m/compare', ['platform']],
  ['GET', '/m/index/status', ['platform']],
  ['GET', '/c/banks', curators],
  ['POST', '/c/banks', curators],
  ['GET', '/c/bank/NOWHERE', curators],
  ['PUT', '/c/bank/NOWHERE', curators],
  ['DELETE', '/c/bank/NOWHERE', curators],
  ['POST', '/c/bank/NOWHERE/content', curators],
  ['POST', '/c/bank/NOWHERE/signal', curators],
  ['GET', '/c/bank/NOWHERE/content/1', curators],
  ['PUT', '/c/bank/NOWHERE/content/1', curators],
  ['DELETE', '/c/bank/NOWHERE/content/1', curators],
  ['GET', '/c/signal_type', curators],
  ['PUT', '/c/signal_type/pdq', curators],
  ['GET', '/c/signal_type/index', curators],
  ['GET', '/c/content_type', curators],
  ['GET', '/c/exchanges', curators],
  ['POST', '/c/exchanges', curators],
  ['GET', '/c/exchanges/apis', curators],
  ['GET', '/c/exchanges/api/none', curators],
  ['POST', '/c/exchanges/api/none', curators],
  ['GET', '/c/exchanges/api/none/schema', curators],
  ['GET', '/c/exchange/NONE', curators],
  ['GET', '/c/exchange/NONE/status', curators],
  ['PUT', '/c/exchange/NONE', curators],
  ['DELETE', '/c/exchange/NONE', curators],
];
const open = ['/status', '/status/live', '/site-map', '/openapi/openapi.json'];

describe('the routes', () => {
  it('in the OpenAPI document of HMA are all tested here', async () => {
    const { paths } = (await call('GET', '/openapi/openapi.json')).body as { paths: object };
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const named = (path: string) =>
      path
        .replace('NOWHERE', '{bank}')
        .replace('content/1', 'content/{content}')
        .replace('/pdq', '/{type}')
        .replace('/none', '/{api}')
        .replace('NONE', '{exchange}');
    const tested = routes.map(([method, path]) => `${method} ${named(path)}`);
    expect(documented.sort()).toEqual([...tested, ...open.map((path) => `GET ${path}`)].sort());
  });

  it.each(open)('%s needs no key', async (path) => {
    expect((await call('GET', path)).status).toBe(200);
  });
});

describe('a key of a role', () => {
  it.each(roles)('%s may call what it needs, and nothing else', async (role) => {
    const headers = { authorization: `Bearer ${keys.get(role)}` };
    for (const [method, path, allowed] of routes) {
      const { status, body } = await call(method, path, headers);
      const isRefused = status === 403 && !(body as { message: string }).message.startsWith('exchanges are');
      expect(`${method} ${path} ${isRefused}`).toBe(`${method} ${path} ${!allowed.includes(role)}`);
    }
  });

  it('may come as the password of Basic authentication, on these routes alone', async () => {
    const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`any:${password}`).toString('base64')}` });
    const platform = keys.get('platform') ?? '';
    const status = async (path: string, password: string) => (await call('GET', path, basic(password))).status;
    expect(await status('/c/content_type', platform)).toBe(200);
    expect(await status('/c/banks', 'password')).toBe(401);
    expect(await status('/v1/matches', platform)).toBe(401);
  });
});

describe('without a key', () => {
  it('each route answers 401 with a message', async () => {
    for (const [method, path] of routes) {
      const { status, body, headers } = await call(method, path);
      expect([path, status, body]).toEqual([path, 401, { message: expect.any(String) }]);
      expect(headers['www-authenticate']).toBe('Bearer, Basic realm="Vigie"');
    }
  });

  it('an unknown path answers 404 with a message, and another method 405', async () => {
    expect(await call('GET', '/c/nothing')).toMatchObject({
      status: 404,
      body: { message: expect.any(String) },
    });
    expect(await call('PATCH', '/c/banks')).toMatchObject({ status: 405 });
  });
});
