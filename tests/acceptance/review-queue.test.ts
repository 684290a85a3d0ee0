import { beforeAll, describe, expect, it } from 'vitest';
import { leaseSchema, queueItemSchema, queuePageSchema } from '../../src/http/schemas/review-queue.js';
import { expectOk, problemOf } from '../support/client.js';
import { randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(53);
const analyst = () => on.client.as('analyst');
const reviewer = () => on.client.as('reviewer');
const police = () => on.client.as('reviewer', 'others');
type Caller = ReturnType<typeof analyst>;

const grant = (list: string, rights: readonly string[]) =>
  on.client.as('operator').json('PUT', `/v1/lists/${list}/grants/others`, { rights });
const queueOf = async (caller: Caller, query: string) =>
  expectOk(queuePageSchema, await caller.call('GET', `/v1/queue?${query}`));
const lease = (caller: Caller, id: string) => caller.call('PUT', `/v1/entries/${id}/lease`);
const act = (caller: Caller, deed: string, id: string) =>
  caller.json('POST', `/v1/entries/${id}/${deed}`, { reason: 'looked at it' });
const enrol = async (list: string, more: object = {}) => {
  const hashes = { pdq: randomHash(random), quality: 100 };
  const { body } = await analyst().json('POST', '/v1/entries', { list, hashes, ...more });
  return (body as { id: string }).id;
};

beforeAll(async () => {
  for (const id of ['drafts', 'shown', 'secret']) {
    const list = { id, title: id, class: 'ncii_adult', action: 'remove', verification: { people: 1, organisations: 1 } };
    await on.client.createList(list);
  }
  await grant('drafts', ['read', 'verify']);
  await grant('shown', ['read']);
});

describe('GET /v1/queue', () => {
  it('shows the oldest entry first, on as many pages as it takes', async () => {
    const ids = [await enrol('drafts', { series: 'pages' }), await enrol('drafts', { series: 'pages' })];
    const first = await queueOf(police(), 'series=pages&limit=1');
    expect(first).toMatchObject({ total: 2, totalIsCapped: false, items: [{ entry: { id: ids[0] } }] });
    expect(first.oldest).toBe(first.items[0]?.waitingSince);
    const second = await queueOf(police(), `series=pages&limit=1&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
    expect(second).toMatchObject({ total: 2, oldest: first.oldest, nextCursor: null, items: [{ entry: { id: ids[1] } }] });
  });

  it('says why a person may not decide', async () => {
    const entry = await enrol('shown');
    const whyNot = async (caller: Caller) => (await queueOf(caller, 'list=shown')).items[0];
    expect(await whyNot(analyst())).toMatchObject({ ownWork: true, mayDecide: false, whyNot: 'own_work' });
    expect(await whyNot(reviewer())).toMatchObject({ entry: { id: entry }, ownWork: false, mayDecide: true, whyNot: null });
    expect(await whyNot(police())).toMatchObject({ mayDecide: false, whyNot: 'no_right' });
    expect(await queueOf(police(), 'kind=waiting_for_me&list=shown')).toMatchObject({ total: 0, oldest: null, items: [] });
  });

  it('shows one entry that no longer waits, and who works on it', async () => {
    const entry = await enrol('drafts');
    await act(reviewer(), 'confirm', entry);
    expect((await lease(police(), entry)).status).toBe(200);
    const one = expectOk(queueItemSchema, await reviewer().call('GET', `/v1/queue/${entry}`));
    expect(one).toMatchObject({ entry: { status: 'verified' }, confirmedByMe: true, whyNot: 'already_confirmed' });
    expect(one.lease).toMatchObject({ mine: false, organisation: 'others' });
  });

  it('hides lists that the organisation may not read', async () => {
    const entry = await enrol('secret');
    expect(await queueOf(police(), 'list=secret')).toMatchObject({ total: 0, items: [] });
    expect((await police().call('GET', `/v1/queue/${entry}`)).status).toBe(404);
    expect(await queueOf(reviewer(), 'list=secret')).toMatchObject({ total: 1 });
  });

  it('refuses a cursor that it has not given', async () => {
    const answer = await reviewer().call('GET', '/v1/queue?cursor=tomorrow');
    expect([answer.status, problemOf(answer).detail]).toEqual([400, expect.stringContaining('nextCursor')]);
  });
});

describe('the lease of an entry', () => {
  it('goes to one of two people, and only that person decides', async () => {
    const entry = await enrol('drafts', { series: 'race' });
    const answers = await Promise.all([reviewer(), police()].map((caller) => lease(caller, entry)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [holder, other] = answers[0]?.status === 200 ? [reviewer(), police()] : [police(), reviewer()];
    const { until } = expectOk(leaseSchema, await lease(holder, entry));
    const refused = await act(other, 'confirm', entry);
    expect([refused.status, problemOf(refused).code]).toEqual([409, 'conflict']);
    const { items } = await queueOf(other, 'series=race');
    expect(items).toMatchObject([{ mayDecide: true, lease: { mine: false, until } }]);
    expect((await queueOf(holder, 'series=race')).items).toMatchObject([{ lease: { mine: true } }]);
    expect(await act(holder, 'confirm', entry)).toMatchObject({ status: 200, body: { status: 'verified' } });
  });

  it('names who holds it, and until when', async () => {
    const entry = await enrol('drafts');
    const { until } = expectOk(leaseSchema, await lease(police(), entry));
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(9 * 60_000);
    const { detail } = problemOf(await lease(reviewer(), entry));
    expect(detail).toMatch(new RegExp(`person \\d+ of organisation "others" works on entry ${entry} until ${until}`));
  });

  it('is given back', async () => {
    const entry = await enrol('drafts');
    await lease(police(), entry);
    const answers = await Promise.all(
      [reviewer(), police()].map((caller) => caller.call('DELETE', `/v1/entries/${entry}/lease`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect((await lease(reviewer(), entry)).status).toBe(200);
  });

  it('is refused to those who cannot decide', async () => {
    const [ofDrafts, ofShown, secret] = [await enrol('drafts'), await enrol('shown'), await enrol('secret')];
    const answers = [await lease(analyst(), ofDrafts), await lease(police(), ofShown), await lease(police(), secret)];
    expect(answers.map((answer) => [answer.status, problemOf(answer).code])).toEqual([
      [403, 'own_work'],
      [403, 'forbidden'],
      [404, 'not_found'],
    ]);
    expect((await police().call('DELETE', `/v1/entries/${secret}/lease`)).status).toBe(404);
  });

  it('of a withdrawn entry is a conflict', async () => {
    const entry = await enrol('drafts');
    await act(analyst(), 'withdraw', entry);
    const answer = await lease(reviewer(), entry);
    expect([answer.status, problemOf(answer).detail]).toEqual([409, expect.stringContaining('withdrawn')]);
  });
});

describe('a 409 of a step', () => {
  it('says where the entry stands, and who was first', async () => {
    const entry = await enrol('drafts');
    await act(police(), 'reject', entry);
    const answer = await act(reviewer(), 'reject', entry);
    expect(answer.status).toBe(409);
    expect(problemOf(answer).state).toMatchObject({
      status: 'disputed',
      verification: { people: 0, required: 1 },
      by: { organisation: 'others', person: expect.any(Number) },
      act: 'reject',
      lease: null,
    });
  });

  it('says who works on the entry', async () => {
    const entry = await enrol('drafts');
    const { until } = expectOk(leaseSchema, await lease(police(), entry));
    const lastState = { status: 'draft', by: null, act: 'enrol', lease: { mine: false, organisation: 'others', until } };
    expect(problemOf(await act(reviewer(), 'confirm', entry)).state).toMatchObject(lastState);
    expect(problemOf(await lease(reviewer(), entry)).state).toMatchObject(lastState);
  });

  it('tells an organisation that may no longer read the list nothing more', async () => {
    await grant('drafts', ['read', 'enrol', 'verify']);
    const hashes = { sha256: 'ef'.repeat(32) };
    const enrolled = await on.client.as('analyst', 'others').json('POST', '/v1/entries', { list: 'drafts', hashes });
    const { id } = enrolled.body as { id: string };
    await grant('drafts', []);
    const answer = await act(on.client.as('analyst', 'others'), 'restore', id);
    expect([answer.status, problemOf(answer).state]).toEqual([409, undefined]);
  });
});
