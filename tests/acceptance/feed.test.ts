import { describe, expect, it } from 'vitest';
import { auditPageSchema } from '../../src/http/schemas/audit.js';
import { type Client, problemOf } from '../support/client.js';
import { randomFrom, randomHash } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const analyst = () => on.client.as('analyst');
const police = () => on.client.as('analyst', 'others');
const random = randomFrom(27);
const enrol = (list = 'known') => on.client.enrolHashes({ sha256: randomHash(random) }, list);
const grant = async (list: string, rights: readonly string[]) =>
  expect((await on.client.as('operator').json('PUT', `/v1/lists/${list}/grants/others`, { rights })).status).toBe(200);

interface Line {
  readonly [field: string]: unknown;
}

async function read(client: Client, query: Readonly<Record<string, string>>) {
  const { status, body, headers } = await client.call('GET', `/v1/feed?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/x-ndjson');
  const lines: Line[] = String(body)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { header: lines[0], entries: lines.slice(1, -1), end: lines.at(-1), cursor: String(lines.at(-1)?.cursor) };
}

/** The cursor of a reader that has everything. */
async function drained(client: Client, list: string): Promise<string> {
  for (let page = await read(client, { list }); ; page = await read(client, { list, since: page.cursor })) {
    if (page.end?.drained === true) return page.cursor;
  }
}

describe('GET /v1/feed', () => {
  it('gives the whole list, page by page, and then what changed', async () => {
    const { id: first } = await enrol('illegal');
    const { id: second } = await enrol('illegal');
    const one = await read(analyst(), { list: 'illegal', limit: '1' });
    expect(one.header).toEqual({ feed: 1, list: 'illegal', epoch: expect.any(String), from: null, full: true });
    expect(one.entries).toMatchObject([{ id: first, list: 'illegal', class: 'csam_baseline', sequence: expect.any(Number) }]);
    const two = await read(analyst(), { list: 'illegal', limit: '1', since: one.cursor });
    expect(two).toMatchObject({ header: { from: one.cursor, full: true }, entries: [{ id: second }], end: { records: 1 } });
    const three = await read(analyst(), { list: 'illegal', limit: '1', since: two.cursor });
    expect(three).toMatchObject({ header: { full: true }, entries: [], end: { records: 0, drained: false } });
    await on.client.withdraw(first);
    const four = await read(analyst(), { list: 'illegal', since: three.cursor });
    expect(four).toMatchObject({ header: { full: false }, end: { records: 1, drained: true } });
    expect(four.entries).toEqual([
      {
        id: first,
        list: 'illegal',
        withdrawn: true,
        status: 'withdrawn',
        updatedAt: expect.any(String),
        sequence: expect.any(Number),
      },
    ]);
  });

  it('tells a reader that waits of a withdrawal within a second', async () => {
    const { id } = await enrol();
    const since = await drained(analyst(), 'known');
    const waiting = read(analyst(), { list: 'known', since, wait: '20' }).then((page) => ({ page, at: performance.now() }));
    await enrol('illegal');
    const before = performance.now();
    await on.client.withdraw(id);
    const { page, at } = await waiting;
    expect(page.entries).toMatchObject([{ id, withdrawn: true }]);
    expect(at - before).toBeLessThan(1_000);
  });

  it('can be cut anywhere and read again', async () => {
    for (let number = 0; number < 5; number++) await enrol();
    const whole = await read(analyst(), { list: 'known' });
    const cut = new AbortController();
    const headers = { authorization: `Bearer ${keyOf('analyst')}` };
    const { body } = await fetch(`${on.service.url}/v1/feed?list=known`, { headers, signal: cut.signal });
    await body?.getReader().read();
    cut.abort();
    expect((await read(analyst(), { list: 'known' })).entries).toEqual(whole.entries);
  });

  it('is for the owner of the list and for organisations with the right to export', async () => {
    expect((await police().call('GET', '/v1/feed?list=nowhere')).status).toBe(404);
    const { status, body, headers } = await police().call('GET', '/v1/feed?list=known');
    expect(problemOf({ status, body, headers })).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('export') });
    await grant('known', ['export']);
    const since = await drained(police(), 'known');
    await grant('known', []);
    for (const query of ['list=known', `list=known&since=${since}`]) {
      expect((await police().call('GET', `/v1/feed?${query}`)).status).toBe(404);
    }
  });

  it('is audited when a full reading begins, and not for each page', async () => {
    const audited = async () => {
      const { body } = await on.client.as('auditor').call('GET', '/v1/audit?limit=1000');
      return auditPageSchema.parse(body).items.filter(({ act, subject }) => act === 'feed.read' && subject === 'harmless').length;
    };
    await drained(analyst(), 'harmless');
    await until('it is sealed', 10_000, async () => (await audited()) > 0);
    expect(await audited()).toBe(1);
  });

  it.each(['', 'list=known&wait=26', 'list=known&limit=0', 'list=known&limit=5001', 'list=known&since=x', 'list=K'])(
    'refuses ?%s',
    async (query) => {
      expect(problemOf(await analyst().call('GET', `/v1/feed?${query}`)).code).toBe('bad_request');
    },
  );

  it('answers a reader that waits when the server stops', async () => {
    const since = await drained(analyst(), 'known');
    const waiting = read(analyst(), { list: 'known', since, wait: '25' });
    await on.client.call('GET', '/healthz');
    const [page, code] = await Promise.all([waiting, on.service.stop()]);
    expect(page).toMatchObject({ entries: [], end: { drained: true } });
    expect(code).toBe(0);
  });
});
