import { describe, expect, it } from 'vitest';
import { photograph } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService({ env: { VIGIE_ACCESS_LOG: 'on' } });
const metrics = async () => (await fetch(on.service.metricsUrl)).text();
const sample = async (series: string) => {
  const line = (await metrics()).split('\n').find((text) => text.startsWith(`${series} `));
  return Number(line?.split(' ').at(-1) ?? 0);
};
const unknownHash = '0123456789abcdef'.repeat(4);

describe('/metrics', () => {
  it('counts requests by route and status, verdicts and refusals', async () => {
    const image = await photograph(1);
    await on.client.enrol(image);
    await on.client.match(image);
    await on.client.matchHashes({ sha256: unknownHash });
    await on.client.json('POST', '/v1/match/batch', { items: [{ id: 'a', hashes: { sha256: unknownHash } }] });
    await on.client.withKey('nothing').call('GET', `/v1/entries/ent_${'0'.repeat(32)}`);
    await on.client.call('GET', '/no/such/path');
    const requests = (labels: string) => sample(`vigie_http_requests_total{${labels}}`);
    await until('the last one is counted', 5_000, () => requests('method="ANY",route="unrouted",status="404"'));
    expect(await requests('method="POST",route="/v1/match",status="200"')).toBe(2);
    expect(await requests('method="GET",route="/v1/entries/:id",status="401"')).toBe(1);
    expect(await sample('vigie_http_request_seconds_bucket{method="POST",route="/v1/match",le="+Inf"}')).toBe(2);
    expect(await sample('vigie_http_request_seconds_count{method="POST",route="/v1/match"}')).toBe(2);
    expect(await sample('vigie_http_request_seconds_sum{method="POST",route="/v1/match"}')).toBeGreaterThan(0);
    expect(await sample('vigie_verdicts_total{route="/v1/match",verdict="remove"}')).toBe(1);
    expect(await sample('vigie_verdicts_total{route="/v1/match",verdict="no_known_match"}')).toBe(1);
    expect(await sample('vigie_verdicts_total{route="/v1/match/batch",verdict="no_known_match"}')).toBe(1);
    expect(await sample('vigie_refusals_total{code="unauthorized"}')).toBe(1);
    expect(await sample('vigie_refusals_total{code="not_found"}')).toBe(1);
  });

  it('calls exactly its counters _total', async () => {
    const types = [...(await metrics()).matchAll(/^# TYPE (vigie_\S+) (\w+)$/gm)];
    expect(types.length).toBeGreaterThan(30);
    for (const [, name = '', type] of types) expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
  });

  it('shows the connections of the database pool', async () => {
    expect(await sample('vigie_database_connections')).toBeGreaterThan(0);
    expect(await sample('vigie_database_waiting')).toBe(0);
  });
});

describe('the access log', () => {
  it('has one line per request with route, status, time and organisation, and no secret', async () => {
    const { headers } = await on.client.as('analyst').call('GET', '/v1/lists?secret=in-the-query');
    const lineOf = () => on.service.log.find(({ msg, reqId }) => msg === 'request' && reqId === headers.get('x-request-id'));
    const line = await until('the line is written', 5_000, lineOf);
    expect(line).toMatchObject({ method: 'GET', route: '/v1/lists', organisation: 'tests' });
    expect(line.ms).toBeGreaterThan(0);
    for (const secret of ['in-the-query', unknownHash, keyOf('platform').slice(-64)])
      expect(on.service.output()).not.toContain(secret);
  });

  it('says why a request was refused, and does not name the path of an unknown route', async () => {
    await on.client.call('POST', `/v1/${unknownHash}`);
    await until('the line is written', 5_000, () =>
      on.service.log.some(
        ({ msg, code, route, method }) => msg === 'request' && code === 'not_found' && route === 'unrouted' && method === 'POST',
      ),
    );
    expect(on.service.output()).not.toContain(unknownHash);
  });
});
