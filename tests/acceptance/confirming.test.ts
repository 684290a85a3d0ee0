import { beforeAll, describe, expect, it } from 'vitest';
import { entrySchema, historySchema } from '../../src/http/schemas/entry.js';
import { expectOk, problemOf } from '../support/client.js';
import { photograph } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const analyst = () => on.client.as('analyst');
const reviewer = () => on.client.as('reviewer');
const elsewhere = (role: 'analyst' | 'reviewer' | 'platform') => on.client.as(role, 'others');
const act = (client: typeof on.client, deed: string, id: string, body: unknown = { reason: 'looked at it' }) =>
  client.json('POST', `/v1/entries/${id}/${deed}`, body);
const grant = (list: string, organisation: string, rights: readonly string[]) =>
  on.client.as('operator').json('PUT', `/v1/lists/${list}/grants/${organisation}`, { rights });

beforeAll(async () => {
  const worst = { id: 'worst', title: 'Worst of', class: 'csam_baseline', action: 'remove_and_report' };
  await on.client.createList({ ...worst, verification: { people: 1, organisations: 1 }, provenanceRequired: ['unit'] });
  await grant('worst', 'others', ['read', 'verify', 'match']);
  await on.client.as('operator').json('PATCH', '/v1/organisations/others', { regimes: ['us_2258a', 'eu_dsa'] });
});

describe('an entry of a list that needs a confirmation', () => {
  const provenance = { unit: 'hotline, desk 4' };
  const enrol = async (seed: number) => {
    const form = new FormData();
    form.set('image', new Blob([new Uint8Array(await photograph(seed))]), 'image');
    form.set('entry', JSON.stringify({ list: 'worst', provenance, sourceCodes: [{ scheme: 'vics-us-2', code: '1' }] }));
    return expectOk(entrySchema, await analyst().call('POST', '/v1/entries', { body: form }));
  };

  it('holds matches until a second organisation confirms it, then removes with deadlines', async () => {
    const entry = await enrol(1);
    expect(entry).toMatchObject({ status: 'draft', organisation: 'tests', verification: { people: 0, required: 1 } });
    const held = await elsewhere('platform').match(await photograph(1));
    expect(held).toMatchObject({ verdict: 'hold_for_review', removal: null });

    const confirmed = expectOk(entrySchema, await act(elsewhere('reviewer'), 'confirm', entry.id));
    expect(confirmed).toMatchObject({ status: 'verified', verification: { people: 1, organisations: 1 } });
    const removed = await elsewhere('platform').match(await photograph(1));
    expect(removed.verdict).toBe('remove_and_report');
    expect(removed.removal).toMatchObject({
      action: 'remove_and_report',
      reportTo: expect.arrayContaining(['ncmec_cybertipline']),
    });
    expect(removed.removal?.obligations.map(({ regime }) => regime)).toContain('us_2258a');
    expect(Date.parse(removed.removal?.preserveUntil ?? '')).toBeGreaterThan(Date.now());
  });

  it('is not confirmed by the person who enrolled it', async () => {
    const entry = await enrol(2);
    const answer = await act(analyst(), 'confirm', entry.id);
    expect([answer.status, problemOf(answer).code]).toEqual([403, 'own_work']);
    expect((await on.client.match(await photograph(2))).verdict).toBe('hold_for_review');
  });

  it('is not confirmed twice by one person', async () => {
    const entry = await enrol(3);
    await act(reviewer(), 'confirm', entry.id);
    const again = await act(reviewer(), 'confirm', entry.id);
    expect([again.status, problemOf(again).detail]).toEqual([409, expect.stringContaining('verified')]);
  });

  it('counts both of two reviewers who confirm at once', async () => {
    const entry = await enrol(4);
    const answers = await Promise.all([reviewer(), elsewhere('reviewer')].map((client) => act(client, 'confirm', entry.id)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const now = expectOk(entrySchema, await analyst().call('GET', `/v1/entries/${entry.id}`));
    expect(now).toMatchObject({ status: 'verified', verification: { people: 2, organisations: 2 } });
  });

  it('holds again once it is disputed, until somebody confirms it', async () => {
    const entry = await enrol(5);
    await act(reviewer(), 'confirm', entry.id);
    expectOk(entrySchema, await act(elsewhere('reviewer'), 'dispute', entry.id, { reason: 'an adult' }));
    expect((await on.client.match(await photograph(5))).verdict).toBe('hold_for_review');
    expectOk(entrySchema, await act(reviewer(), 'confirm', entry.id));
    expect((await on.client.match(await photograph(5))).verdict).toBe('remove_and_report');
  });

  it('records who changed it and why', async () => {
    const entry = await enrol(6);
    await act(elsewhere('reviewer'), 'reject', entry.id, { reason: 'a painting' });
    const { items } = expectOk(historySchema, await analyst().call('GET', `/v1/entries/${entry.id}/history`));
    expect(items).toMatchObject([
      { event: 'reject', organisation: 'others', reason: 'a painting', from: 'draft', to: 'disputed' },
    ]);
  });

  it('is refused without the provenance that the list requires', async () => {
    const answer = await analyst().json('POST', '/v1/entries', { list: 'worst', hashes: { sha256: 'ab'.repeat(32) } });
    expect([answer.status, problemOf(answer).detail]).toEqual([400, expect.stringContaining('provenance.unit')]);
  });

  it('is withdrawn when it expires', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const hashes = { sha256: 'cd'.repeat(32) };
    const answer = await analyst().json('POST', '/v1/entries', { list: 'worst', provenance, expiresAt, hashes });
    const { id } = expectOk(entrySchema, answer);
    await expect
      .poll(async () => (await analyst().call('GET', `/v1/entries/${id}`)).body, { timeout: 10_000 })
      .toMatchObject({ status: 'withdrawn' });
    await expect.poll(async () => (await on.client.matchHashes(hashes)).verdict).toBe('no_known_match');
  });
});

describe('an analyst', () => {
  it('may not withdraw an entry of another organisation', async () => {
    const entry = await on.client.enrol(await photograph(11));
    const answer = await act(elsewhere('analyst'), 'withdraw', entry.id);
    expect([answer.status, problemOf(answer).code]).toEqual([403, 'forbidden']);
    expect((await on.client.match(await photograph(11))).verdict).toBe('remove');
  });

  it('may not enrol into a list that the organisation may only read', async () => {
    const answer = await elsewhere('analyst').json('POST', '/v1/entries', { list: 'known', hashes: { md5: 'ab'.repeat(16) } });
    expect([answer.status, problemOf(answer).code]).toEqual([403, 'forbidden']);
  });

  it('needs a second person for withdrawals beyond the hourly limit', async () => {
    await on.client.createList({
      id: 'careful',
      title: 'Careful',
      class: 'ncii_adult',
      action: 'remove',
      verification: { people: 0, organisations: 0 },
      limits: { withdrawalsAnHour: 1, disputesAfter: 2, floodAnHour: 1_000 },
    });
    const [one, other] = [
      await on.client.enrol(await photograph(12), 'careful'),
      await on.client.enrol(await photograph(13), 'careful'),
    ];
    await on.client.withdraw(one.id);
    const asked = await act(analyst(), 'withdraw', other.id);
    expect([asked.status, asked.body]).toMatchObject([202, { status: 'verified', withdrawal: { reason: 'looked at it' } }]);
    expect((await on.client.match(await photograph(13))).verdict).toBe('remove');
    const again = await act(analyst(), 'withdraw', other.id);
    expect([again.status, problemOf(again).code]).toEqual([403, 'own_work']);
  });

  it('needs a second person also if the withdrawals come at once', async () => {
    await on.client.createList({
      id: 'hurried',
      title: 'Hurried',
      class: 'ncii_adult',
      action: 'remove',
      limits: { withdrawalsAnHour: 2, disputesAfter: 2, floodAnHour: 1_000 },
    });
    const entries = await Promise.all(
      [14, 15, 16, 17, 18].map(async (seed) => on.client.enrol(await photograph(seed), 'hurried')),
    );
    const answers = await Promise.all(entries.map(({ id }) => act(analyst(), 'withdraw', id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 202, 202, 202]);
  });
});

describe('a withdrawal', () => {
  it('can be undone by its organisation, and the entry matches again', async () => {
    const entry = await on.client.enrol(await photograph(21));
    await on.client.withdraw(entry.id);
    expect((await on.client.match(await photograph(21))).verdict).toBe('no_known_match');
    expectOk(entrySchema, await act(analyst(), 'restore', entry.id));
    expect(await on.client.match(await photograph(21))).toMatchObject({ verdict: 'remove', matches: [{ entry: entry.id }] });
  });

  it('by the owner of the list ends an entry of another organisation', async () => {
    await grant('known', 'others', ['read', 'enrol', 'verify']);
    const { sha256 } = { sha256: '12'.repeat(32) };
    const answer = await elsewhere('analyst').json('POST', '/v1/entries', { list: 'known', hashes: { sha256 } });
    const entry = expectOk(entrySchema, answer);
    expect(expectOk(entrySchema, await act(analyst(), 'withdraw', entry.id)).status).toBe('withdrawn');
  });

  it('that the person depicted asked for stops the entry at once, and is not undone by the person who did it', async () => {
    const entry = await on.client.enrol(await photograph(22));
    const answer = await act(analyst(), 'withdraw', entry.id, { reason: 'asked for', byVictim: true });
    const erasure = { waiting: false, finalAt: expect.any(String), requestedAt: expect.any(String) };
    expect([answer.status, answer.body]).toMatchObject([200, { status: 'withdrawn', erasure }]);
    expect((await on.client.match(await photograph(22))).verdict).toBe('no_known_match');
    const undone = await act(analyst(), 'restore', entry.id);
    expect([undone.status, problemOf(undone).code]).toEqual([403, 'own_work']);
  });

  it('that the person depicted asked for waits for a second person past the hourly limit, but stops the entry', async () => {
    const limits = { withdrawalsAnHour: 1, disputesAfter: 2, floodAnHour: 1_000 };
    const verification = { people: 0, organisations: 0 };
    await on.client.createList({ id: 'asked', title: 'Asked', class: 'ncii_adult', action: 'remove', verification, limits });
    const [first, second] = [
      await on.client.enrol(await photograph(24), 'asked'),
      await on.client.enrol(await photograph(25), 'asked'),
    ];
    await act(analyst(), 'withdraw', first.id, { reason: 'asked for', byVictim: true });
    const answer = await act(analyst(), 'withdraw', second.id, { reason: 'asked for', byVictim: true });
    expect([answer.status, answer.body]).toMatchObject([202, { status: 'withdrawn', erasure: { waiting: true } }]);
    expect((await on.client.match(await photograph(25))).verdict).toBe('no_known_match');
    const listed = await analyst().call('GET', '/v1/entries?erasure=waiting');
    expect(listed.body).toMatchObject({ items: [{ id: second.id }], nextCursor: null });
  });

  it('is overridden by another organisation with a reason, and the entry holds until two people confirm it', async () => {
    const rights = ['read', 'enrol', 'verify'];
    await grant('known', 'others', rights);
    const hashes = { sha256: '34'.repeat(32) };
    const gone = await on.client.enrolHashes(hashes);
    await act(analyst(), 'withdraw', gone.id, { reason: 'asked for', byVictim: true });
    const enrol = (more: object) => elsewhere('analyst').json('POST', '/v1/entries', { list: 'known', hashes, ...more });
    const refused = await enrol({});
    expect([refused.status, problemOf(refused).detail]).toEqual([409, expect.stringContaining('despiteWithdrawal')]);
    const entry = expectOk(entrySchema, await enrol({ despiteWithdrawal: 'she came to us' }));
    expect(entry).toMatchObject({ status: 'draft', verification: { required: 2 } });
    expect((await on.client.matchHashes(hashes)).verdict).toBe('hold_for_review');
    for (const client of [analyst(), reviewer()]) expectOk(entrySchema, await act(client, 'confirm', entry.id));
    expect((await on.client.matchHashes(hashes)).verdict).toBe('remove');
  });

  it('cannot be undone by a confirmation', async () => {
    const entry = await on.client.enrol(await photograph(23));
    await on.client.withdraw(entry.id);
    const answer = await act(reviewer(), 'confirm', entry.id);
    expect([answer.status, problemOf(answer).detail]).toEqual([409, expect.stringContaining('withdrawn')]);
  });
});
