import { beforeAll, describe, expect, it } from 'vitest';
import { legalRequestPageSchema, legalRequestSchema } from '../../src/http/schemas/legal-request.js';
import { regimesSchema } from '../../src/http/schemas/obligation.js';
import { type Answer, Client, expectOk, problemOf } from '../support/client.js';
import { photograph } from '../support/images.js';
import { createStrangers } from '../support/keys.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const hourMs = 3_600_000;
let count = 0;

const received = (changes: object = {}) => ({
  regime: 'fr_lcen_order',
  issuer: 'OFAC',
  reference: `2026-${++count}`,
  about: 'ticket 12',
  ...changes,
});
const post = (path: string, body: object = {}, client = on.client): Promise<Answer> => client.json('POST', path, body);
const receive = async (changes: object = {}) => expectOk(legalRequestSchema, await post('/v1/orders', received(changes)));
const get = async (id: string) => expectOk(legalRequestSchema, await on.client.call('GET', `/v1/orders/${id}`));
const ago = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString();
const metric = async (name: string) => {
  const text = await (await fetch(on.service.metricsUrl)).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
};

beforeAll(async () => {
  const regimes = ['fr_lcen_order', 'us_take_it_down', 'fr_dsa_trusted_flagger', 'us_2258a'];
  expect((await on.client.json('PATCH', '/v1/organisation', { regimes })).status).toBe(200);
});

describe('a removal order', () => {
  it('starts a clock of 24 hours, and is closed in time', async () => {
    const answer = await post('/v1/orders', received({ receivedAt: ago(1), class: 'csam_a1' }));
    expect(answer.status).toBe(201);
    const order = expectOk(legalRequestSchema, answer);
    expect(order).toMatchObject({ kind: 'order', state: 'running', overdue: false, priority: false, outcome: null });
    expect(Date.parse(order.deadlineAt ?? '') - Date.parse(order.receivedAt)).toBe(24 * hourMs);
    expect(order.remainingSeconds).toBeGreaterThan(22.9 * 3_600);
    expect(order.remainingSeconds).toBeLessThanOrEqual(23 * 3_600);
    expect(order.obligations.map(({ duty }) => duty)).toEqual(['remove', 'inform_issuer', 'inform_uploader', 'preserve']);
    const closed = expectOk(legalRequestSchema, await post(`/v1/orders/${order.id}/outcome`, { outcome: 'removed' }));
    expect(closed).toMatchObject({ state: 'closed', late: false, remainingSeconds: null, outcome: { outcome: 'removed' } });
    expect(await get(order.id)).toEqual(closed);
  });

  it('is overdue past its deadline, in the list and in the metric, until it is closed', async () => {
    const order = await receive({ receivedAt: ago(25) });
    expect(order).toMatchObject({ overdue: true, remainingSeconds: 0 });
    const listed = async (status: string) =>
      expectOk(legalRequestPageSchema, await on.client.call('GET', `/v1/orders?status=${status}`)).items.map(({ id }) => id);
    expect(await listed('overdue')).toEqual([order.id]);
    // Counted every 5 s, plus or minus a quarter.
    await until('the metric shows it', 8_000, async () => (await metric('vigie_orders_overdue')) === 1);
    expect(await metric('vigie_orders_open')).toBe(1);
    const reason = 'it was gone before the order came';
    const closed = await post(`/v1/orders/${order.id}/outcome`, { outcome: 'not_found', reason });
    expect(expectOk(legalRequestSchema, closed)).toMatchObject({ late: true, overdue: false, outcome: { reason } });
    expect([await listed('overdue'), await listed('open')]).toEqual([[], []]);
    expect(await listed('closed')).toContain(order.id);
    await until('the metric forgets it', 8_000, async () => (await metric('vigie_orders_overdue')) === 0);
  });

  it('gets the class of the verdict it is about', async () => {
    await on.client.enrol(await photograph(4), 'illegal');
    const { requestId } = await on.client.match(await photograph(4));
    expect(await receive({ requestId })).toMatchObject({ requestId, class: 'csam_baseline' });
  });

  it('stops its clock while paused and then continues', async () => {
    const { id, deadlineAt } = await receive({ receivedAt: ago(2) });
    const paused = expectOk(legalRequestSchema, await post(`/v1/orders/${id}/pause`, { reason: 'force_majeure' }));
    expect(paused).toMatchObject({ state: 'paused', deadlineAt: null, paused: { reason: 'force_majeure' } });
    expect(paused.remainingSeconds).toBeLessThanOrEqual(22 * 3_600);
    const again = await post(`/v1/orders/${id}/pause`, { reason: 'force_majeure' });
    expect([again.status, problemOf(again).detail]).toEqual([409, expect.stringContaining('is paused')]);
    const resumed = expectOk(legalRequestSchema, await on.client.call('POST', `/v1/orders/${id}/resume`));
    expect(resumed.state).toBe('running');
    expect(Date.parse(resumed.deadlineAt ?? '')).toBeGreaterThanOrEqual(Date.parse(deadlineAt ?? ''));
    const running = await on.client.call('POST', `/v1/orders/${id}/resume`);
    expect([running.status, problemOf(running).detail]).toEqual([409, expect.stringContaining('is running')]);
  });

  it('closed by two people at once has one outcome, which the second is told', async () => {
    const { id } = await receive();
    const bodies = [{ outcome: 'removed' }, { outcome: 'refused', reason: 'another platform' }];
    const answers = await Promise.all(bodies.map((body) => post(`/v1/orders/${id}/outcome`, body)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const lost = answers.find(({ status }) => status === 409);
    const { outcome } = await get(id);
    expect(lost && problemOf(lost)).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining(`closed (${outcome?.outcome}`),
    });
  });

  it.each([
    ['outcome', {}],
    ['reason', { outcome: 'refused' }],
    ['outcome', { outcome: 'ignored', reason: 'x' }],
    ['at', { outcome: 'removed', at: '2099-01-01T00:00:00Z' }],
    ['at', { outcome: 'removed', at: '2001-01-01T00:00:00Z' }],
    ['at', { outcome: 'removed', at: 'yesterday' }],
  ])('is not closed without a valid outcome: %s (%j)', async (field, body) => {
    const { id } = await receive();
    const answer = await post(`/v1/orders/${id}/outcome`, body);
    expect([answer.status, problemOf(answer).detail]).toEqual([400, expect.stringContaining(field)]);
    expect((await get(id)).state).toBe('running');
  });

  it.each<[number, string, object]>([
    [400, 'receivedAt: must not be in the future', { receivedAt: new Date(Date.now() + hourMs).toISOString() }],
    [400, 'receivedAt', { receivedAt: '2026-02-30T00:00:00Z' }],
    [400, 'regime: for orders it must be one of', { regime: 'us_take_it_down' }],
    [400, 'one of fr_lcen_order, eu_tco', { regime: 'nothing' }],
    [400, 'class: regime fr_lcen_order does not cover ncii_adult', { class: 'ncii_adult' }],
    [409, 'eu_tco is not switched on', { regime: 'eu_tco' }],
    [400, 'issuer: must not contain control characters', { issuer: 'O\u0000FAC' }],
    [400, 'requestId', { requestId: '../x' }],
    [400, 'reference', { reference: ' ' }],
    [400, 'colour', { colour: 'red' }],
  ])('is refused with %i: %s', async (status, detail, changes) => {
    const answer = await post('/v1/orders', received(changes));
    expect([answer.status, problemOf(answer).detail]).toEqual([status, expect.stringContaining(detail)]);
  });

  it('received in the year 1 is accepted and late', async () => {
    expect(await receive({ receivedAt: '0001-01-01T00:00:00Z' })).toMatchObject({ overdue: true, remainingSeconds: 0 });
  });

  it('with a number that exists is refused with the id of the first', async () => {
    const { id, reference } = await receive();
    const answer = await post('/v1/orders', received({ reference }));
    expect([answer.status, problemOf(answer).detail]).toEqual([409, expect.stringContaining(id)]);
  });

  it('does not exist for another organisation', async () => {
    const { id } = await receive();
    const stranger = await strangersClient();
    const asked = await Promise.all([
      stranger.call('GET', `/v1/orders/${id}`),
      post(`/v1/orders/${id}/outcome`, { outcome: 'removed' }, stranger),
      post(`/v1/orders/${id}/pause`, { reason: 'force_majeure' }, stranger),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(expectOk(legalRequestPageSchema, await stranger.call('GET', '/v1/orders')).items).toEqual([]);
  });

  it('is listed in pages by cursor', async () => {
    const first = expectOk(legalRequestPageSchema, await on.client.call('GET', '/v1/orders?limit=2'));
    const second = expectOk(legalRequestPageSchema, await on.client.call('GET', `/v1/orders?limit=2&cursor=${first.nextCursor}`));
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect([new Set(ids).size, ids]).toEqual([4, ids.toSorted()]);
    expect((await on.client.call('GET', '/v1/orders?cursor=nonsense')).status).toBe(400);
    expect((await on.client.call('GET', '/v1/orders?status=lost')).status).toBe(400);
  });
});

describe('a notice', () => {
  const notice = async (changes: object) => expectOk(legalRequestSchema, await post('/v1/notices', received(changes)));

  it('of a victim starts 48 hours, also for copies', async () => {
    const { obligations, ...one } = await notice({ regime: 'us_take_it_down', issuer: 'requester 81', class: 'ncii_adult' });
    expect(one).toMatchObject({ kind: 'notice', issuerKind: 'person', priority: false });
    expect(Date.parse(one.deadlineAt ?? '') - Date.parse(one.receivedAt)).toBe(48 * hourMs);
    expect(obligations.map(({ duty, deadlineAt }) => [duty, deadlineAt])).toEqual([
      ['remove', one.deadlineAt],
      ['remove_copies', one.deadlineAt],
      ['preserve', null],
    ]);
  });

  it('of a trusted flagger is marked with priority', async () => {
    const flagged = await notice({ regime: 'fr_dsa_trusted_flagger', issuer: 'A flagger', class: 'csam_b1' });
    expect(flagged).toMatchObject({ priority: true, issuerKind: 'trusted_flagger', deadlineAt: null, overdue: false });
  });

  it('cannot be paused if its regime has no pause', async () => {
    const { id } = await notice({ regime: 'us_take_it_down' });
    const answer = await post(`/v1/notices/${id}/pause`, { reason: 'force_majeure' });
    expect([answer.status, problemOf(answer).detail]).toEqual([409, expect.stringContaining('is running')]);
  });

  it('is closed by its own path only', async () => {
    const { id } = await notice({ regime: 'us_take_it_down' });
    expect((await post(`/v1/orders/${id}/outcome`, { outcome: 'removed' })).status).toBe(404);
    const closed = await post(
      `/v1/notices/${id}/outcome`,
      { outcome: 'withdrawn', reason: 'taken back' },
      on.client.as('operator'),
    );
    expect(expectOk(legalRequestSchema, closed).state).toBe('closed');
  });
});

describe('GET /v1/regimes', () => {
  it('shows every regime as data, with what nobody has checked yet', async () => {
    const { items } = expectOk(regimesSchema, await on.client.as('flagger').call('GET', '/v1/regimes'));
    const lcen = items.find(({ id }) => id === 'fr_lcen_order');
    expect(lcen?.duties[0]).toMatchObject({ duty: 'remove', startsFrom: 'order_received', within: 'PT24H' });
    expect(lcen?.unverified).toContain('Check in LCEN');
  });
});

async function strangersClient(): Promise<Client> {
  const stranger = new Client(on.service.url, (await createStrangers(on.service.database)).key);
  await until('the key is accepted', 1_000, async () => (await stranger.call('GET', '/v1/orders')).status === 200);
  return stranger;
}
