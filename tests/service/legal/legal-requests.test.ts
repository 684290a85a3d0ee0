import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import type { Caller } from '../../../src/domain/key.js';
import { clockOf } from '../../../src/domain/legal-request-clock.js';
import { removalOf } from '../../../src/domain/obligations.js';
import type { Match } from '../../../src/domain/verdict.js';
import { LegalRequestCache } from '../../../src/service/legal/legal-request-cache.js';
import { LegalRequests, type ReceivedLegalRequest } from '../../../src/service/legal/legal-requests.js';
import { platform } from '../../support/callers.js';
import { openOwnDatabase } from '../../support/own-database.js';
import { keyOf } from '../../support/seed.js';

const { database, stores } = await openOwnDatabase();
const started = Date.parse('2026-11-26T14:00:00Z');
const hourMs = 3_600_000;
let now = started;
const cache = new LegalRequestCache(stores.legalRequests);
const legalRequests = new LegalRequests(
  stores.legalRequests,
  () => cache.load(),
  () => now,
);
let caller: Caller;
let stranger: Caller;
let count = 0;

const given = (changes: Partial<ReceivedLegalRequest> = {}): ReceivedLegalRequest => ({
  regime: 'fr_lcen_order',
  issuer: 'OFAC',
  reference: `2026-${++count}`,
  about: 'ticket 7',
  ...changes,
});
const receive = (changes: Partial<ReceivedLegalRequest> = {}) => legalRequests.receive(caller, 'order', given(changes));

beforeAll(async () => {
  await stores.organisations.create({ id: 'strangers', name: 'Strangers', kind: 'platform' }, setup, true);
  const regimes = ['fr_lcen_order', 'eu_tco', 'us_take_it_down', 'fr_dsa_trusted_flagger', 'eu_dsa'];
  for (const id of ['tests', 'strangers'])
    await stores.organisations.configure(id, setup, (standing) => ({ ...standing, regimes }));
  const id = keyOf('platform').slice(4, 16);
  const [record] = await stores.keys.records([id]);
  caller = platform({ key: id, person: record?.person ?? 0 });
  stranger = { ...caller, organisation: 'strangers' };
});

describe('receive', () => {
  it('starts the clock of the regime and stores the obligations', async () => {
    const order = await receive({ receivedAt: started - hourMs, class: 'csam_a1' });
    expect(order).toMatchObject({
      organisation: 'tests',
      kind: 'order',
      issuerKind: 'authority',
      priority: false,
      outcome: null,
    });
    expect(order.deadlineAt).toBe(started + 23 * hourMs);
    expect(order.obligations[0]).toMatchObject({ duty: 'remove', deadlineAt: '2026-11-27T13:00:00.000Z' });
    expect(await legalRequests.get(caller, 'order', order.id)).toEqual(order);
  });

  it('gives a trusted flagger priority', async () => {
    const notice = await legalRequests.receive(caller, 'notice', given({ regime: 'fr_dsa_trusted_flagger' }));
    expect(notice).toMatchObject({ issuerKind: 'trusted_flagger', priority: true, deadlineAt: null });
    const other = await legalRequests.receive(caller, 'notice', given({ regime: 'eu_dsa' }));
    expect(other).toMatchObject({ issuerKind: 'person', priority: false });
    const flagged = await legalRequests.receive(caller, 'notice', given({ regime: 'eu_dsa', issuerKind: 'trusted_flagger' }));
    expect(flagged.priority).toBe(true);
  });

  it('takes the class from a verdict of its own organisation only', async () => {
    const insert = `
      insert into verdict (request_id, api_key, organisation, verdict, matches, index_version, answered_at)
      values ($1, 'key', $2, 'hold_for_review', '[{"class": "csam_b2"}, {"class": "tvec"}]', '1', now())`;
    await database.query(insert, ['req_own', 'tests']);
    await database.query(insert, ['req_other', 'strangers']);
    expect((await receive({ requestId: 'req_own' })).class).toBe('csam_b2');
    expect((await receive({ requestId: 'req_other' })).class).toBeNull();
    expect((await receive({ requestId: 'req_own', class: 'tvec' })).class).toBe('tvec');
  });

  it('refuses a number that the same issuer used before, and names the earlier request', async () => {
    const order = await receive();
    const again = receive({ reference: order.reference });
    await expect(again).rejects.toMatchObject({ code: 'conflict', detail: expect.stringContaining(order.id) });
    const { reference } = order;
    expect((await receive({ reference, issuer: 'Another authority' })).id).not.toBe(order.id);
    expect((await legalRequests.receive(stranger, 'order', given({ reference }))).organisation).toBe('strangers');
  });

  it('accepts one of two concurrent copies', async () => {
    const same = given();
    const results = await Promise.allSettled([
      legalRequests.receive(caller, 'order', same),
      legalRequests.receive(caller, 'order', same),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a time in the future', async () => {
    await expect(receive({ receivedAt: now + hourMs })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('refuses a regime without orders, and names the possible ones', async () => {
    const detail = expect.stringContaining('fr_lcen_order, eu_tco');
    await expect(receive({ regime: 'us_take_it_down' })).rejects.toMatchObject({ code: 'bad_request', detail });
  });

  it('refuses a class that the regime does not cover', async () => {
    const detail = expect.stringContaining('eu_tco does not cover csam_a1; it covers tvec');
    await expect(receive({ regime: 'eu_tco', class: 'csam_a1' })).rejects.toMatchObject({ code: 'bad_request', detail });
  });

  it('refuses a regime that is not switched on, and says how to', async () => {
    await stores.organisations.configure('strangers', setup, (standing) => ({ ...standing, regimes: ['eu_dsa'] }));
    const detail = expect.stringContaining('PATCH /v1/organisation (switched on: eu_dsa)');
    await expect(legalRequests.receive(stranger, 'order', given())).rejects.toMatchObject({ code: 'conflict', detail });
  });
});

describe('an order', () => {
  it('keeps its deadline when the regime is switched off', async () => {
    const order = await receive();
    await stores.organisations.configure('tests', setup, (standing) => ({ ...standing, regimes: [] }));
    expect(await legalRequests.get(caller, 'order', order.id)).toEqual(order);
    await stores.organisations.configure('tests', setup, (standing) => ({ ...standing, regimes: ['fr_lcen_order', 'eu_dsa'] }));
  });

  it('is visible to its own organisation only', async () => {
    const { id } = await receive();
    const unseen = { code: 'not_found' };
    await expect(legalRequests.get(stranger, 'order', id)).rejects.toMatchObject(unseen);
    await expect(legalRequests.close(stranger, 'order', id, { outcome: 'removed' })).rejects.toMatchObject(unseen);
    await expect(legalRequests.pause(stranger, 'order', id, 'force_majeure')).rejects.toMatchObject(unseen);
    expect((await legalRequests.page(stranger, 'order', { limit: 200 })).items.map((order) => order.id)).not.toContain(id);
  });

  it('is not a notice', async () => {
    const { id } = await receive();
    await expect(legalRequests.get(caller, 'notice', id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(legalRequests.close(caller, 'notice', id, { outcome: 'removed' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('that two callers close at once has one outcome, which the other caller learns', async () => {
    const { id } = await receive();
    const results = await Promise.allSettled([
      legalRequests.close(caller, 'order', id, { outcome: 'removed' }),
      legalRequests.close(caller, 'order', id, { outcome: 'refused', reason: 'not ours' }),
    ]);
    const { outcome } = await legalRequests.get(caller, 'order', id);
    const lost = results.find((result) => result.status === 'rejected');
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(lost?.reason).toMatchObject({ code: 'conflict', detail: expect.stringContaining(`closed (${outcome?.outcome}`) });
  });

  it('that is paused and closed at once ends closed', async () => {
    const { id } = await receive();
    await Promise.allSettled([
      legalRequests.pause(caller, 'order', id, 'force_majeure'),
      legalRequests.close(caller, 'order', id, { outcome: 'removed' }),
    ]);
    expect(await legalRequests.get(caller, 'order', id)).toMatchObject({ paused: null, outcome: { outcome: 'removed' } });
  });

  it("survives a machine's clock that is set back", async () => {
    const { id, receivedAt } = await receive();
    now = started - 100 * hourMs;
    const paused = await legalRequests.pause(caller, 'order', id, 'insufficient_information');
    expect(clockOf(paused, now)).toMatchObject({ remainingMs: 24 * hourMs, overdue: false });
    await legalRequests.resume(caller, 'order', id);
    const closed = await legalRequests.close(caller, 'order', id, { outcome: 'not_found', reason: 'nothing there' });
    expect(closed.outcome?.at).toBe(receivedAt);
    now = started;
  });
});

describe('a copy of the content of an order', () => {
  const matchOf = (entry: string, action: Match['action'] = 'remove') => ({ entry, action });
  const copies = (entry: string, organisation = 'tests') => cache.obligationsFor(organisation, [matchOf(entry)]);
  let entries = 0;

  /** An order about content that matched two entries. */
  async function receiveAbout(): Promise<{ id: string; first: string; second: string }> {
    const [first, second] = [`ent_${++entries}`, `ent_${++entries}`];
    const requestId = `req_about_${entries}`;
    const insert = `
      insert into verdict (request_id, api_key, organisation, verdict, matches, index_version, answered_at)
      values ($1, 'key', 'tests', 'hold_for_review', $2, '1', now())`;
    const matches = [first, second].map((entry) => ({ entry, class: 'csam_a1' }));
    await database.query(insert, [requestId, JSON.stringify(matches)]);
    return { id: (await receive({ requestId })).id, first, second };
  }

  it('is under the clock of the order until that is closed, whichever entry it matches', async () => {
    const { id, first, second } = await receiveAbout();
    const duties = ['remove', 'inform_issuer', 'inform_uploader', 'preserve'];
    for (const entry of [first, second]) expect(copies(entry).map(({ duty }) => duty)).toEqual(duties);
    expect(copies(first)[0]).toMatchObject({ demand: id, startsFrom: 'order_received', deadlineAt: expect.any(String) });
    expect(cache.obligationsFor('tests', [matchOf(first), matchOf(second)]).length).toBe(duties.length);
    await legalRequests.close(caller, 'order', id, { outcome: 'removed' });
    expect(copies(first)).toEqual([]);
  });

  it('has no deadline while the order is paused', async () => {
    const { id, first } = await receiveAbout();
    await legalRequests.pause(caller, 'order', id, 'force_majeure');
    expect(copies(first)[0]?.deadlineAt).toBeNull();
  });

  it('is under both clocks of two orders', async () => {
    const { first, id } = await receiveAbout();
    const other = await receive({ requestId: `req_about_${entries}` });
    expect(new Set(copies(first).map(({ demand }) => demand))).toEqual(new Set([id, other.id]));
  });

  it('that is only held is under no clock', async () => {
    const { first } = await receiveAbout();
    expect(cache.obligationsFor('tests', [matchOf(first, 'hold_for_review')])).toEqual([]);
  });

  it('is under no clock in another organisation or for another entry', async () => {
    const { first } = await receiveAbout();
    expect([copies(first, 'strangers'), copies('ent_other')]).toEqual([[], []]);
  });

  it('appears in the verdict before obligations without a deadline', async () => {
    const { id, first } = await receiveAbout();
    const match = { entry: first, class: 'csam_a1', action: 'remove' } as Match;
    const removal = removalOf('remove', [match], ['us_2258a', 'fr_lcen_order'], now, copies(first));
    const shown = removal?.obligations.map(({ regime, duty, demand }) => [regime, duty, demand]) ?? [];
    expect(shown[0]).toEqual(['fr_lcen_order', 'remove', id]);
    expect(shown).toContainEqual(['us_2258a', 'preserve', null]);
    expect(removalOf('remove', [match], ['us_2258a'], now, copies(first))?.obligations.map(({ regime }) => regime)).toEqual([
      'us_2258a',
      'us_2258a',
    ]);
  });
});

describe('page', () => {
  beforeAll(async () => {
    await database.query('delete from demand');
    now = started;
  });

  it('filters by open, overdue and closed, in pages', async () => {
    const orders = [];
    for (let one = 0; one < 4; one++) orders.push((await receive()).id);
    const [closed = '', paused = '', running = '', last = ''] = orders;
    await legalRequests.close(caller, 'order', closed, { outcome: 'removed' });
    await legalRequests.pause(caller, 'order', paused, 'force_majeure');
    const idsOf = async (status?: 'open' | 'overdue' | 'closed') =>
      (await legalRequests.page(caller, 'order', { status, limit: 10 })).items.map(({ id }) => id);
    expect(await idsOf('overdue')).toEqual([]);
    now = started + 25 * hourMs;
    expect(await idsOf()).toEqual(orders);
    expect(await idsOf('open')).toEqual([paused, running, last]);
    expect(await idsOf('overdue')).toEqual([running, last]);
    expect(await idsOf('closed')).toEqual([closed]);
    const first = await legalRequests.page(caller, 'order', { status: 'open', limit: 2 });
    expect(first.nextCursor).toBe(running);
    const second = await legalRequests.page(caller, 'order', { status: 'open', limit: 2, cursor: running });
    expect([second.items.map(({ id }) => id), second.nextCursor]).toEqual([[last], null]);
    expect(await stores.legalRequests.counts(now)).toEqual({ order: { open: 3, overdue: 2 }, notice: { open: 0, overdue: 0 } });
  });

  it('moves the overdue time by the length of a pause', async () => {
    const { items } = await legalRequests.page(caller, 'order', { status: 'open', limit: 1 });
    const id = items[0]?.id ?? '';
    await legalRequests.resume(caller, 'order', id);
    const overdue = async () =>
      (await legalRequests.page(caller, 'order', { status: 'overdue', limit: 10 })).items.map((one) => one.id);
    expect(await overdue()).not.toContain(id);
    now = started + 49 * hourMs + 1;
    expect(await overdue()).toContain(id);
  });

  it('refuses an invalid cursor', async () => {
    await expect(legalRequests.page(caller, 'order', { cursor: 'ntc_1', limit: 10 })).rejects.toMatchObject({
      code: 'bad_request',
    });
  });
});
