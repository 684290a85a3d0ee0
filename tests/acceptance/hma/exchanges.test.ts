/** What HMA's own tests assert about exchanges, and what Vigie adds. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Client } from '../../support/client.js';
import { until } from '../../support/until.js';
import { useHma } from '../../support/use-hma.js';

const on = useHma();
const post = (path: string, json: object) => on.call('POST', path, { json });

describe('the APIs of exchanges', () => {
  it('are those that a client may connect', async () => {
    expect((await on.call('GET', '/c/exchanges/apis')).body).toEqual(['fb_threatexchange', 'ncmec', 'sample', 'stop_ncii']);
  });

  it('take credentials, show only that they have some, and lose them again', async () => {
    const path = '/c/exchanges/api/fb_threatexchange';
    const state = (isSet: boolean) => ({ has_set_authentification: isSet, supports_authentification: true });
    expect((await on.call('GET', path)).body).toEqual(state(false));
    const set = await post(path, { credential_json: { api_token: '12345789|000000000000' } });
    expect([set.status, set.body]).toEqual([200, state(true)]);
    expect((await post(path, {})).body).toEqual(state(true));
    expect((await post(path, { credential_json: {} })).body).toEqual(state(false));
    expect((await on.call('GET', '/c/exchanges/api/sample')).body).toEqual({
      has_set_authentification: false,
      supports_authentification: false,
    });
  });

  it.each([
    ['GET', '/c/exchanges/api/none', undefined, 400, "no such Exchange API 'none'"],
    ['POST', '/c/exchanges/api/ncmec', [], 400, 'this endpoint expects a json object payload'],
    ['POST', '/c/exchanges/api/ncmec', { credential_json: { user: 'vigie' } }, 400, 'credential_json: password is missing'],
    ['GET', '/c/exchanges/api/none/schema', undefined, 404, "Exchange API 'none' not found"],
  ] as const)('refuse %s %s %j', async (method, path, json, status, message) => {
    const answer = await on.call(method, path, json && { json });
    expect([answer.status, answer.body]).toEqual([status, { message }]);
  });

  it('have a schema', async () => {
    const sample = await on.call('GET', '/c/exchanges/api/sample/schema');
    expect(sample.body).toEqual({ config_schema: { fields: [] }, credentials_schema: null });
    expect((await on.call('GET', '/c/exchanges/api/fb_threatexchange/schema')).body).toMatchObject({
      config_schema: { fields: [{ name: 'privacy_group', type: 'number', required: true }] },
      credentials_schema: { fields: [{ name: 'api_token', type: 'string', required: true }] },
    });
  });
});

describe('an exchange', () => {
  it('makes a bank, whose signals match soon, and goes with it', async () => {
    expect((await post('/c/exchanges', { bank: 'SAMPLE', api: 'sample', api_json: {} })).status).toBe(201);
    expect((await on.call('GET', '/c/exchanges')).text).toBe('["SAMPLE"]');
    const status = async () => (await on.call('GET', '/c/exchange/SAMPLE/status')).body as Record<string, unknown>;
    const names = ['checkpoint_ts', 'fetched_items', 'last_fetch_complete_ts', 'last_fetch_succeeded', 'running_fetch_start_ts'];
    expect(Object.keys(await status()).sort()).toEqual([...names, 'up_to_date']);
    await until('it has fetched', 30_000, async () => (await status()).up_to_date === true);
    expect(await status()).toMatchObject({ fetched_items: 18, last_fetch_succeeded: true });
    for (const [type, text, algorithm] of [
      ['pdq', 'sample picture 0', 'sha256'],
      ['video_md5', 'sample file 0', 'md5'],
    ] as const) {
      const query = `signal_type=${type}&signal=${createHash(algorithm).update(text).digest('hex')}`;
      const raw = await on.call('GET', `/m/raw_lookup?include_distance=true&${query}`);
      expect(raw.body).toEqual({ matches: [{ bank_content_id: expect.any(Number), distance: '0' }] });
      expect(Object.keys((await on.call('GET', `/m/lookup?${query}`)).body as object)).toEqual(['SAMPLE']);
    }
    expect((await on.call('DELETE', '/c/exchange/SAMPLE')).body).toEqual({ message: 'Exchange deleted' });
    expect((await on.call('GET', '/c/bank/SAMPLE')).status).toBe(404);
    expect((await on.call('GET', '/c/exchange/SAMPLE/status')).status).toBe(404);
  });

  it('without credentials waits for them, and is switched off and on', async () => {
    const asked = {
      bank: 'NCMEC_EX',
      api: 'ncmec',
      api_json: { environment: 'https://hashsharing.ncmec.org/npo', only_esp_ids: [1] },
    };
    expect((await post('/c/exchanges', asked)).status).toBe(201);
    const off = await on.call('PUT', '/c/exchange/NCMEC_EX', { json: { enabled: false } });
    expect(off.body).toEqual({
      ...{ api: 'ncmec', enabled: false, environment: 'https://hashsharing.ncmec.org/npo' },
      ...{ name: 'NCMEC_EX', only_esp_ids: [1] },
    });
  });

  it.each([
    [{ api: 'sample' }, 'bank is required'],
    [{ bank: 'lower', api: 'sample' }, 'Field `bank` must match /^[A-Z0-9_]+$/'],
    [{ bank: '1ST', api: 'sample' }, 'Bank names must be UPPER_WITH_UNDERSCORE'],
    [{ bank: 'X', api: 'sample', api_json: [] }, 'Field `api_json` must be object'],
    [{ bank: 'X' }, 'Field `api_type` is required'],
    [{ bank: 'X', api: 'none' }, "No such exchange type 'none'"],
    [{ bank: 'X', api: 'ncmec', api_json: {} }, 'Failed to parse `api_json` - missing value for field "environment"'],
  ])('is refused: %j', async (asked, message) => {
    const answer = await post('/c/exchanges', asked);
    expect([answer.status, answer.body]).toEqual([400, { message }]);
  });

  it('goes to no other address than those of the service', async () => {
    const asked = { bank: 'INNER', api: 'ncmec', api_json: { environment: 'https://127.0.0.1/hashsharing' } };
    expect((await post('/c/exchanges', asked)).status).toBe(400);
    expect((await on.call('GET', '/c/bank/INNER')).status).toBe(404);
  });

  it('of another organisation is out of reach', async () => {
    const other = new Client(on.service.url).as('platform', 'others');
    const answer = await other.call('GET', '/c/exchange/NCMEC_EX');
    expect(answer.status).toBe(404);
  });
});
