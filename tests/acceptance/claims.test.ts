import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { entrySchema, historySchema, receiptSchema } from '../../src/http/schemas/entry.js';
import { type Answer, type Client, expectOk, problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { createKey } from '../support/keys.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(211);
const picture = () => ({ pdq: randomHash(random), quality: 100 });
type Picture = ReturnType<typeof picture>;

/** Owns the list. */
const owner = () => on.client.as('analyst');
const police = () => on.client.as('analyst', 'others');
let helplineKey = '';
const helpline = () => on.client.withKey(helplineKey);
const grant = (organisation: string, rights: readonly string[]) =>
  on.client.as('operator').json('PUT', `/v1/lists/shared/grants/${organisation}`, { rights });

beforeAll(async () => {
  const { database, stores } = await openTestDatabase(on.service.database);
  await stores.organisations.create({ id: 'helpline', name: 'Helpline', kind: 'helpline' }, setup, true);
  await database.close();
  helplineKey = (await createKey(on.service.database, { organisation: 'helpline', role: 'analyst', person: 'Bea' })).key;
  const list = { id: 'shared', title: 'Shared', class: 'ncii_adult', action: 'remove' };
  await on.client.createList({ ...list, verification: { people: 0, organisations: 0 } });
  for (const organisation of ['others', 'helpline']) await grant(organisation, ['read', 'enrol']);
  await until('the key is known', 15_000, async () => (await helpline().call('GET', '/v1/entries')).status === 200);
});

function enrol(client: Client, hashes: Picture, reference: string, more: object = {}): Promise<Answer> {
  return client.json('POST', '/v1/entries', { list: 'shared', hashes, provenance: { reference }, ...more });
}
async function enrolled(client: Client, hashes: Picture, reference: string, more: object = {}) {
  return expectOk(entrySchema, await enrol(client, hashes, reference, more));
}
const act = (client: Client, deed: 'withdraw' | 'restore' | 'confirm', id: string, more: object = {}) =>
  client.json('POST', `/v1/entries/${id}/${deed}`, { reason: 'case closed', ...more });
/** Of the entry in the answer. */
const toldBy = (answer: Answer) => {
  const { status, claims } = expectOk(entrySchema, answer);
  return [answer.status, status, claims.map(({ organisation, provenance }) => `${organisation} ${provenance.reference}`)];
};
const read = (id: string) => owner().call('GET', `/v1/entries/${id}`);
const verdictOf = async (hashes: Picture) => (await on.client.matchHashes(hashes)).verdict;

/** Both list the picture. */
async function bothOf(hashes: Picture): Promise<string> {
  const { id } = await enrolled(police(), hashes, 'file-1');
  await enrolled(helpline(), hashes, 'call-2');
  return id;
}

describe('a picture that two organisations list', () => {
  it('matches until both have withdrawn it', async () => {
    const hashes = picture();
    const first = await enrol(police(), hashes, 'file-1');
    const second = await enrol(helpline(), hashes, 'call-2');
    expect([toldBy(first), toldBy(second)]).toEqual([
      [201, 'verified', ['others file-1']],
      [200, 'verified', ['others file-1', 'helpline call-2']],
    ]);
    const { id, provenance } = expectOk(entrySchema, second);
    expect([id, provenance]).toEqual([expectOk(entrySchema, first).id, { reference: 'file-1' }]);
    expect(toldBy(await act(police(), 'withdraw', id))).toEqual([200, 'verified', ['helpline call-2']]);
    expect(await verdictOf(hashes)).toBe('remove');
    expect(toldBy(await act(helpline(), 'withdraw', id))).toEqual([200, 'withdrawn', []]);
    await expect.poll(() => verdictOf(hashes)).toBe('no_known_match');
  });

  it('has each claim and its end in its history and in the audit log', async () => {
    const id = await bothOf(picture());
    await act(police(), 'withdraw', id);
    const { items } = expectOk(historySchema, await owner().call('GET', `/v1/entries/${id}/history`));
    expect(items).toMatchObject([
      { event: 'claim', organisation: 'helpline', reason: null, from: 'verified', to: 'verified' },
      { event: 'end_claim', organisation: 'others', reason: 'case closed', from: 'verified', to: 'verified' },
    ]);
    const { database } = await openTestDatabase(on.service.database);
    const acts = await database.query('select act, organisation from act where subject = $1 order by id', [id]);
    await database.close();
    expect(acts).toEqual([
      { act: 'entry.create', organisation: 'others' },
      { act: 'entry.claim', organisation: 'helpline' },
      { act: 'entry.end_claim', organisation: 'others' },
    ]);
  });

  it('stays after a repeated withdrawal of one of them', async () => {
    const id = await bothOf(picture());
    await act(police(), 'withdraw', id);
    expect(toldBy(await act(police(), 'withdraw', id))).toEqual([200, 'verified', ['helpline call-2']]);
  });

  it('can be listed again by the one that has withdrawn it', async () => {
    const hashes = picture();
    const id = await bothOf(hashes);
    await act(police(), 'withdraw', id);
    expect(toldBy(await enrol(police(), hashes, 'file-1'))).toEqual([200, 'verified', ['helpline call-2', 'others file-1']]);
  });

  it('is restored by the one whose claim was the last, and only for it', async () => {
    const id = await bothOf(picture());
    await act(police(), 'withdraw', id);
    await act(helpline(), 'withdraw', id);
    expect((await act(police(), 'restore', id)).status).toBe(403);
    expect(toldBy(await act(helpline(), 'restore', id))).toEqual([200, 'verified', ['helpline call-2']]);
  });

  it('cannot be confirmed by either of their people', async () => {
    const hashes = picture();
    await bothOf(hashes);
    await grant('others', ['read', 'enrol', 'verify']);
    await grant('helpline', ['read', 'enrol', 'verify']);
    const { id } = await enrolled(police(), hashes, 'file-1');
    for (const client of [police(), helpline()]) {
      expect(problemOf(await act(client, 'confirm', id)).code).toBe('own_work');
    }
    expect((await act(on.client.as('reviewer'), 'confirm', id)).status).toBe(200);
  });
});

describe('two cases of one organisation', () => {
  it('are two claims, and the same case again is none', async () => {
    const hashes = picture();
    for (const reference of ['file-1', 'file-2', 'file-1']) await enrol(police(), hashes, reference);
    const last = await enrol(police(), hashes, 'file-2');
    expect(toldBy(last)).toEqual([200, 'verified', ['others file-1', 'others file-2']]);
  });

  it('end one by one with the id of the claim', async () => {
    const hashes = picture();
    await enrol(police(), hashes, 'file-1');
    const { id, claims } = await enrolled(police(), hashes, 'file-2');
    const [first, second] = claims;
    const ended = await act(police(), 'withdraw', id, { claim: first?.id });
    expect(toldBy(ended)).toEqual([200, 'verified', ['others file-2']]);
    expect(toldBy(await act(police(), 'withdraw', id, { claim: first?.id }))).toEqual(toldBy(ended));
    expect(toldBy(await act(police(), 'withdraw', id, { claim: second?.id }))).toEqual([200, 'withdrawn', []]);
  });

  it('end together without one', async () => {
    const hashes = picture();
    await enrol(police(), hashes, 'file-1');
    const { id } = await enrolled(police(), hashes, 'file-2');
    expect(toldBy(await act(police(), 'withdraw', id))).toEqual([200, 'withdrawn', []]);
    expect(toldBy(await act(police(), 'restore', id))).toEqual([200, 'verified', ['others file-1', 'others file-2']]);
  });

  it('leave the claims of other organisations alone', async () => {
    const id = await bothOf(picture());
    const { claims } = expectOk(entrySchema, await read(id));
    const theirs = await act(police(), 'withdraw', id, { claim: claims[1]?.id });
    expect([theirs.status, problemOf(theirs).code]).toEqual([404, 'not_found']);
    const both = await act(police(), 'withdraw', id, { claim: claims[0]?.id, byVictim: true });
    expect([both.status, problemOf(both).code]).toEqual([400, 'bad_request']);
    expect(expectOk(entrySchema, await read(id)).claims).toEqual(claims);
  });
});

describe('the owner of the list', () => {
  it('without a claim withdraws the entry for all, and restores it for all', async () => {
    const id = await bothOf(picture());
    expect(toldBy(await act(owner(), 'withdraw', id))).toEqual([200, 'withdrawn', []]);
    expect(toldBy(await act(owner(), 'restore', id))).toEqual([200, 'verified', ['others file-1', 'helpline call-2']]);
  });

  it('with a claim ends only that, however often, unless it says otherwise', async () => {
    const hashes = picture();
    await enrol(owner(), hashes, 'own-3');
    const id = await bothOf(hashes);
    for (let time = 0; time < 2; time++) {
      expect(toldBy(await act(owner(), 'withdraw', id))).toEqual([200, 'verified', ['others file-1', 'helpline call-2']]);
    }
    const refused = await act(police(), 'withdraw', id, { allClaims: true });
    expect([refused.status, problemOf(refused).code]).toEqual([403, 'forbidden']);
    expect(toldBy(await act(owner(), 'withdraw', id, { allClaims: true }))).toEqual([200, 'withdrawn', []]);
  });
});

describe('a withdrawal for the person depicted', () => {
  it('ends all claims, whoever makes it', async () => {
    const hashes = picture();
    const id = await bothOf(hashes);
    expect(toldBy(await act(helpline(), 'withdraw', id, { byVictim: true }))).toEqual([200, 'withdrawn', []]);
    await expect.poll(() => verdictOf(hashes)).toBe('no_known_match');
  });

  it('is undone by the other organisation too', async () => {
    const id = await bothOf(picture());
    await act(helpline(), 'withdraw', id, { byVictim: true });
    expect(problemOf(await act(helpline(), 'restore', id)).code).toBe('own_work');
    expect(toldBy(await act(police(), 'restore', id))).toEqual([200, 'verified', ['others file-1', 'helpline call-2']]);
  });

  it('binds the organisation that made it, and the other one only by a reason and two people', async () => {
    const hashes = picture();
    const id = await bothOf(hashes);
    await act(helpline(), 'withdraw', id, { byVictim: true });
    const despiteWithdrawal = 'another person is depicted';
    for (const more of [{}, { despiteWithdrawal }]) {
      expect((await enrol(helpline(), hashes, 'call-2', more)).status).toBe(409);
    }
    expect((await enrol(police(), hashes, 'file-1')).status).toBe(409);
    expect(toldBy(await enrol(police(), hashes, 'file-1', { despiteWithdrawal }))).toEqual([201, 'draft', ['others file-1']]);
  });

  it('is refused to an organisation without a claim', async () => {
    const id = await bothOf(picture());
    await act(police(), 'withdraw', id);
    expect((await act(police(), 'withdraw', id, { byVictim: true })).status).toBe(403);
    expect(toldBy(await read(id))).toEqual([200, 'verified', ['helpline call-2']]);
  });
});

describe('the end of a claim', () => {
  const soon = () => new Date(Date.now() + 4_000).toISOString();
  const poll = (id: string) => expect.poll(async () => toldBy(await read(id)), { timeout: 15_000 });

  it('ends the entry only if it is the latest', async () => {
    const [kept, left] = [picture(), picture()];
    const ids = [];
    for (const hashes of [kept, left]) ids.push((await enrolled(police(), hashes, 'file-1', { expiresAt: soon() })).id);
    const { expiresAt } = await enrolled(helpline(), kept, 'call-2');
    expect(expiresAt).toBeNull();
    await poll(ids[0] ?? '').toEqual([200, 'verified', ['helpline call-2']]);
    await poll(ids[1] ?? '').toEqual([200, 'withdrawn', []]);
    expect(await verdictOf(kept)).toBe('remove');
  });

  it('is the end of the entry once it is the latest of those that remain', async () => {
    const [hashes, far] = [picture(), '2099-01-01T00:00:00.000Z'];
    const { id } = await enrolled(police(), hashes, 'file-1', { expiresAt: far });
    await enrolled(helpline(), hashes, 'call-2');
    expect(expectOk(entrySchema, await act(helpline(), 'withdraw', id)).expiresAt).toBe(far);
  });
});

describe('an organisation that may enrol and not read', () => {
  it('gets a receipt, and its claim counts', async () => {
    const hashes = picture();
    const { id } = await enrolled(police(), hashes, 'file-1');
    await grant('helpline', ['enrol']);
    expectOk(receiptSchema, await enrol(helpline(), hashes, 'call-2'));
    expect(toldBy(await act(police(), 'withdraw', id))).toEqual([200, 'verified', ['helpline call-2']]);
    await grant('helpline', ['read', 'enrol']);
  });

  it('sees nothing of the claims of others when it ends its own', async () => {
    const id = await bothOf(picture());
    await grant('helpline', ['enrol']);
    const answer = await act(helpline(), 'withdraw', id);
    expect([toldBy(answer), expectOk(entrySchema, answer).provenance]).toEqual([[200, 'verified', []], {}]);
    await grant('helpline', ['read', 'enrol']);
  });
});

it('a flagger makes no claim on an entry that the list has', async () => {
  const hashes = picture();
  const { id } = await enrolled(police(), hashes, 'file-1');
  expectOk(receiptSchema, await enrol(on.client.as('flagger'), hashes, 'tip-9'));
  expect(toldBy(await read(id))).toEqual([200, 'verified', ['others file-1']]);
});
