import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { caseStatusSchema, openedCaseSchema } from '../../src/http/schemas/case.js';
import { entryPageSchema } from '../../src/http/schemas/entry.js';
import { listSchema } from '../../src/http/schemas/list.js';
import { type Answer, expectOk, problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { photograph, randomFrom, randomHash, scene } from '../support/images.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const env = { VIGIE_LOG_LEVEL: 'debug', VIGIE_ACCESS_LOG: 'on', VIGIE_TRUSTED_PROXIES: '127.0.0.1' };
const on = useService({ env });
const random = randomFrom(317);
const picture = () => ({ pdq: randomHash(random), quality: 100 });
const statements = { adult: true, depicted: true, noConsent: true };
let address = 0;

/** Without a key, each time from another address. */
async function post(path: string, body: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${++address}` };
  const response = await fetch(`${on.service.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const bodyOf = (hashes: readonly unknown[], more: object = {}) => ({
  files: hashes.map((one) => ({ hashes: one })),
  ...{ statements, pin: '482915', request: randomUUID(), ...more },
});

async function opened(hashes: readonly unknown[], more: object = {}) {
  const body = bodyOf(hashes, more);
  const answer = await post('/v1/cases', body);
  const { caseNumber, files } = expectOk(openedCaseSchema, answer);
  const key = { caseNumber, pin: body.pin };
  /** As people type it. */
  const typed = { ...key, caseNumber: caseNumber.toLowerCase().replaceAll('-', ' ') };
  return {
    ...{ key, files, body },
    status: async () => expectOk(caseStatusSchema, await post('/v1/cases/status', typed)),
    withdraw: async (files?: readonly number[]) =>
      expectOk(caseStatusSchema, await post('/v1/cases/withdraw', { ...key, files })),
  };
}
const verdictOf = async (hashes: unknown) => (await on.client.matchHashes(hashes)).verdict;
const statesOf = (files: readonly { state: string }[]) => files.map(({ state }) => state);

/** The analysts of the tests see and confirm the drafts. */
async function grantRights(): Promise<void> {
  const rights = ['read', 'verify', 'enrol'];
  expectOk(z.unknown(), await on.client.as('operator').json('PUT', '/v1/lists/victims/grants/tests', { rights }));
}

describe('a person in a picture', () => {
  it('opens a case, a platform holds a resized copy, and after the withdrawal it does not', async () => {
    const { client } = on;
    const lists = expectOk(z.looseObject({ items: z.array(listSchema) }), await client.as('operator').call('GET', '/v1/lists'));
    expect(lists.items.map(({ id }) => id)).not.toContain('victims');
    const { hashes } = await client.hash(await photograph(71));
    const { files, status, withdraw } = await opened([hashes], { appearedAt: 'a forum', language: 'fr' });
    expect(files).toEqual([{ file: 1, state: 'checking' }]);

    const copy = await (await scene(71)).resize(320).jpeg({ quality: 70 }).toBuffer();
    expect(await client.match(copy)).toMatchObject({ verdict: 'hold_for_review', matches: [{ list: 'victims' }] });
    const met = async () => (await status()).files[0]?.platforms;
    await expect.poll(met, { timeout: 10_000 }).toEqual({ held: 1, removed: 0 });

    await grantRights();
    const page = expectOk(entryPageSchema, await client.as('reviewer').call('GET', '/v1/entries?list=victims'));
    expect((await client.as('reviewer').json('POST', `/v1/entries/${page.items[0]?.id}/confirm`, {})).status).toBe(200);
    expect(statesOf((await status()).files)).toEqual(['active']);
    expect((await client.match(copy)).verdict).toBe('hold_for_review');

    const closed = await withdraw();
    expect([statesOf(closed.files), closed.closedAt]).toEqual([['withdrawn'], expect.any(String)]);
    await until('the copy is unknown', 1_000, async () => (await client.match(copy)).verdict === 'no_known_match');
  });

  it('shares the picture with another case, and it matches until the last is withdrawn', async () => {
    const hashes = picture();
    const [first, second] = [await opened([hashes]), await opened([hashes])];
    await first.withdraw();
    expect(await verdictOf(hashes)).toBe('hold_for_review');
    await second.withdraw();
    await until('it is unknown', 1_000, async () => (await verdictOf(hashes)) === 'no_known_match');
  });

  it('withdraws one of two files', async () => {
    const [one, other] = [picture(), picture()];
    const { withdraw } = await opened([one, other]);
    expect(statesOf((await withdraw([1])).files)).toEqual(['withdrawn', 'checking']);
    await until('it is unknown', 1_000, async () => (await verdictOf(one)) === 'no_known_match');
    expect(await verdictOf(other)).toBe('hold_for_review');
  });

  it('gets the same case for the same body, so a double click opens one', async () => {
    const { body, key } = await opened([picture()]);
    const again = await post('/v1/cases', body);
    expect([again.status, expectOk(openedCaseSchema, again).caseNumber]).toEqual([201, key.caseNumber]);
  });

  it('leaves the claim of a hotline alone', async () => {
    const hashes = picture();
    const { withdraw } = await opened([hashes]);
    await grantRights();
    const entry = await on.client.enrolHashes(hashes, 'victims');
    expect(entry.claims.map(({ organisation }) => organisation)).toEqual([null, 'tests']);
    expect(statesOf((await withdraw()).files)).toEqual(['withdrawn']);
    expect(await verdictOf(hashes)).toBe('hold_for_review');
  });
});

describe('a request about a case', () => {
  it('gets one answer for a wrong PIN and for an unknown number', async () => {
    const { key } = await opened([picture()]);
    const told = async (given: object) => {
      const answer = await post('/v1/cases/status', given);
      expect(answer.status).toBe(404);
      return { ...problemOf(answer), requestId: '' };
    };
    const wrong = await told({ ...key, pin: 'another' });
    expect(wrong).toMatchObject({ status: 404, code: 'unknown_case' });
    expect(await told({ caseNumber: '0000-0000-0000-0', pin: '482915' })).toEqual(wrong);
  });

  it('is locked after wrong tries, with Retry-After', async () => {
    const { key } = await opened([picture()]);
    const wrong = () => post('/v1/cases/withdraw', { ...key, pin: 'wrong pin' });
    await wrong();
    const { database } = await openTestDatabase(on.service.database);
    await database.query("update help_case_guard set count = 4 where kind = 'number'");
    await database.close();
    expect((await wrong()).status).toBe(404);
    const locked = await post('/v1/cases/status', key);
    expect([locked.status, problemOf(locked).code]).toEqual([429, 'too_many_tries']);
    const wait = Number(locked.headers.get('retry-after'));
    expect([wait > 0, wait <= 60]).toEqual([true, true]);
  });

  it.each<[what: string, path: string, change: object, field: string]>([
    ['a mistyped number', '/v1/cases/status', { caseNumber: 'ABCD-EFGH-JKMN-0' }, 'caseNumber'],
    ['a short PIN', '/v1/cases', { pin: '12345' }, 'pin'],
    ['a missing statement', '/v1/cases', { statements: { ...statements, adult: false } }, 'statements.adult'],
    ['no file', '/v1/cases', { files: [] }, 'files'],
    ['101 files', '/v1/cases', { files: Array(101).fill({ hashes: { pdq: 'f0'.repeat(32) } }) }, 'files'],
    ['a file 0', '/v1/cases/withdraw', { caseNumber: '0000-0000-0000-0', files: [0] }, 'files'],
  ])('with %s answers 400 and does not repeat it', async (_, path, change, field) => {
    const base = path === '/v1/cases' ? bodyOf([picture()]) : { pin: '482915' };
    const answer = await post(path, { ...base, ...change });
    expect([answer.status, problemOf(answer).detail]).toEqual([400, expect.stringContaining(field)]);
    expect(problemOf(answer).detail).not.toMatch(/ABCD|12345/);
  });

  it('takes 100 files with all hashes that the service computes', async () => {
    const { hashes } = await on.client.hash(await photograph(72, { width: 200, height: 150 }));
    const answer = await post('/v1/cases', bodyOf(Array(100).fill(hashes)));
    const { files } = expectOk(openedCaseSchema, answer);
    expect(files[99]).toEqual({ file: 100, state: 'same', sameAs: 1 });
  });
});

describe('an address', () => {
  it('opens ten cases per hour, and then gets 429 with Retry-After', async () => {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.77, 127.0.0.1' };
    const { database } = await openTestDatabase(on.service.database);
    const send = () =>
      fetch(`${on.service.url}/v1/cases`, { method: 'POST', headers, body: JSON.stringify(bodyOf([picture()])) });
    expect((await send()).status).toBe(201);
    await database.query("update help_case_guard set count = 10 where kind = 'quota'");
    await database.close();
    const refused = await send();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
    expect(await refused.json()).toMatchObject({ code: 'too_many_cases' });
  });
});

describe('many cases at once', () => {
  it('ask for a proof of work, with a challenge in the problem', async () => {
    const { database } = await openTestDatabase(on.service.database);
    await database.query(`insert into help_case (id, number_mark, salt, pin_hash)
      select gen_random_uuid(), sha256(i::text::bytea), '', '' from generate_series(1, 60) i`);
    const answer = await post('/v1/cases', bodyOf([picture()]));
    expect(answer.status).toBe(428);
    expect(problemOf(answer)).toMatchObject({ code: 'proof_required', challenge: expect.any(String), bits: 18 });
    await database.query("delete from help_case where salt = ''");
    await database.close();
  });
});

describe('a helpline', () => {
  it('opens a case together with the person, who can follow it', async () => {
    const answer = await on.client.as('flagger').json('POST', '/v1/cases/assisted', bodyOf([picture()]));
    const { caseNumber } = expectOk(openedCaseSchema, answer);
    expect((await post('/v1/cases/status', { caseNumber, pin: '482915' })).status).toBe(200);
    const { database } = await openTestDatabase(on.service.database);
    const acts = await database.query("select organisation, detail from act where act = 'case.open' order by id desc limit 1");
    await database.close();
    expect(acts).toEqual([{ organisation: 'tests', detail: { files: 1 } }]);
  });
});

describe('an operator', () => {
  it('disables the list: nothing matches on any node, and no case is opened', async () => {
    const hashes = picture();
    await opened([hashes]);
    const operator = on.client.as('operator');
    expect((await operator.json('PATCH', '/v1/lists/victims', { enabled: false })).status).toBe(200);
    await until('it is unknown', 1_000, async () => (await verdictOf(hashes)) === 'no_known_match');
    const refused = await post('/v1/cases', bodyOf([picture()]));
    expect([refused.status, problemOf(refused).code]).toEqual([404, 'not_found']);
    await operator.json('PATCH', '/v1/lists/victims', { enabled: true });
    await until('it is held', 1_000, async () => (await verdictOf(hashes)) === 'hold_for_review');
  });
});

describe('the log and the audit log', () => {
  it('have no number, PIN, hash or address', async () => {
    const hashes = picture();
    const { key, withdraw } = await opened([hashes], { pin: '90417263', appearedAt: 'somewhere.example' });
    await post('/v1/cases/status', { ...key, pin: '11117263' });
    await post('/v1/cases/status', { ...key, caseNumber: `${key.caseNumber}0` });
    await withdraw();
    const { database } = await openTestDatabase(on.service.database);
    const acts = JSON.stringify(await database.query('select subject, detail from act'));
    await database.close();
    const text = on.service.output() + acts;
    expect(text).toContain('/v1/cases/withdraw');
    const { caseNumber } = key;
    for (const secret of [
      caseNumber,
      caseNumber.replaceAll('-', ''),
      '90417263',
      '11117263',
      hashes.pdq,
      'somewhere.example',
      '198.51.100.',
    ])
      expect(text).not.toContain(secret);
  });
});
