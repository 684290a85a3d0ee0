import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeSchema } from '../../src/http/schemas/exchange.js';
import { feedbackSchema } from '../../src/http/schemas/history.js';
import { expectOk } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { StopnciiServer } from '../support/exchange-servers/stopncii.js';
import { randomFrom, randomHash } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(71);
const hashes = Array.from({ length: 8 }, () => randomHash(random));
let stopncii: StopnciiServer;
let told = 0;

/** A picture that StopNCII lists, and that nobody has decided about yet. */
const next = () => hashes[told++] ?? '';
const silent = () => on.client;
const sharing = () => on.client.as('platform', 'others');

beforeAll(async () => {
  stopncii = await StopnciiServer.start();
  for (const hashValue of hashes) {
    stopncii.put({ lastModtimestamp: stopncii.now, signalType: 'ImagePDQ', hashValue, hashStatus: 'Active' });
  }
  const operator = on.client.as('operator');
  await operator.json('PUT', '/v1/lists/known/grants/others', { rights: ['read', 'match'] });
  await share(true);
  const asked = { id: 'stopncii', kind: 'stopncii', list: 'known', baseUrl: stopncii.url, everySeconds: 3_600 };
  const credentials = { functionKey: 'function', subscriptionKey: 'subscription' };
  expectOk(exchangeSchema, await operator.json('POST', '/v1/exchanges', { ...asked, credentials }));
  await until('its records match', 10_000, async () => (await on.client.matchHashes({ pdq: hashes[0] })).matches.length > 0);
});
afterAll(() => stopncii.http.stop());

async function share(sharesFeedback: boolean, client = sharing()): Promise<void> {
  expect((await client.json('PATCH', '/v1/organisation', { sharesFeedback })).status).toBe(200);
}

async function tell(client: typeof on.client, pdq: string, outcome: 'confirmed' | 'false_positive') {
  const { requestId } = await client.matchHashes({ pdq, quality: 100 });
  const feedback = { outcome, reason: 'our ticket 4711' };
  return expectOk(feedbackSchema, await client.json('POST', `/v1/matches/${requestId}/feedback`, feedback));
}

const arrived = (hashValue: string, feedbackValue: string) => {
  const hashFeedbacks = [{ tags: [], feedbackValue, hashValue }];
  return { key: 'function', count: 1, hashFeedbacks };
};
const about = (pdq: string) => stopncii.feedback.filter((one) => JSON.stringify(one).includes(pdq));

/** What was told earlier has arrived as well: decisions leave in their order. */
async function everythingIsSent(): Promise<void> {
  const last = next();
  await tell(sharing(), last, 'confirmed');
  await until('the last decision arrives', 10_000, () => about(last).length > 0);
}

async function sql<Row extends Record<string, unknown>>(text: string): Promise<Row[]> {
  const { database } = await openTestDatabase(on.service.database);
  const rows = await database.query<Row>(text);
  await database.close();
  return rows;
}

/** Of a partner that matches elsewhere, in the form of StopNCII. */
async function tellAsPartner(hashValue: string, feedbackValue: string): Promise<void> {
  const body = JSON.stringify({ count: 1, hashFeedbacks: [{ hashValue, feedbackValue, tags: [] }] });
  const headers = { 'x-functions-key': keyOf('analyst', 'others'), 'content-type': 'application/json' };
  const url = `${on.service.url}/v1/stopncii/SubmitFeedback?list=known`;
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
}

describe('a decision about a record of an exchange', () => {
  it('goes back once, also if it is told again, and only from an organisation that agreed', async () => {
    const [record, unshared, ofPartner] = [next(), next(), next()];
    await tell(silent(), unshared, 'confirmed');
    await tell(sharing(), record, 'confirmed');
    await tell(sharing(), record, 'confirmed');
    await tellAsPartner(ofPartner, 'NotBlocked');
    await everythingIsSent();
    expect(about(record)).toEqual([arrived(record, 'Blocked')]);
    expect(about(ofPartner)).toEqual([arrived(ofPartner, 'NotBlocked')]);
    expect(about(unshared)).toEqual([]);
    await tell(sharing(), record, 'confirmed');
    await tell(sharing(), record, 'false_positive');
    await everythingIsSent();
    expect(about(record)).toEqual([arrived(record, 'Blocked'), arrived(record, 'NotBlocked')]);
  });

  it('names neither the organisation nor the content', async () => {
    const { requestId, entry } = await tell(sharing(), hashes[0] ?? '', 'confirmed');
    const sent = stopncii.http.asked.filter(({ path }) => path === '/v1/SubmitFeedback');
    expect(sent).not.toEqual([]);
    const said = JSON.stringify(sent.map(({ query, ...one }) => ({ ...one, query: `${query}` })));
    for (const secret of ['others', 'Others', 'known', 'ticket', requestId, entry, 'ent_', 'req_']) {
      expect(said).not.toContain(secret);
    }
  });

  it('that the exchange could not take is sent later, unless the organisation no longer agrees', async () => {
    const [regretted, record] = [next(), next()];
    await share(true, silent());
    const down = { status: 500, headers: { 'retry-after': '3600' }, body: 'no' };
    stopncii.http.fault = (_number, { path }) => (path === '/v1/SubmitFeedback' ? down : undefined);
    await tell(sharing(), regretted, 'confirmed');
    await tell(silent(), record, 'confirmed');
    const failed = 'select extract(epoch from next_at - now())::int as pause from exchange_feedback where failures = 1';
    const { pause } = await until('the failure', 10_000, async () => (await sql<{ pause: number }>(failed))[0]);
    expect(pause).toBeGreaterThan(3_500);
    stopncii.http.fault = () => undefined;
    await share(false);
    await sql('update exchange_feedback set next_at = made_at, failures = 0 where sent_at is null');
    await until('the decision arrives', 10_000, () => about(record).length > 0);
    expect([about(record), about(regretted)]).toEqual([[arrived(record, 'Blocked')], []]);
  });
});
