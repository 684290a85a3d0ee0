import { describe, expect, it } from 'vitest';
import { Client } from '../../support/client.js';
import { fileForm, type HmaAnswer } from '../../support/hma.js';
import { flipBits, photograph, randomFrom, randomHash } from '../../support/images.js';
import { createKey } from '../../support/keys.js';
import { keyOf } from '../../support/seed.js';
import { until } from '../../support/until.js';
import { useHma } from '../../support/use-hma.js';

const on = useHma();
const random = randomFrom(4711);
const path = (call: string, signal: string, more: string) => `/m/${call}?signal_type=pdq&signal=${signal}${more}`;
const lookup = async (pdq: string, more = '') => (await on.call('GET', path('lookup', pdq, more))).body;
const raw = async (pdq: string, more = '') =>
  (await on.call('GET', path('raw_lookup', pdq, more))).body as { matches: unknown[] };
const known = async () => new Client(on.service.url);
const lookupOfTests = async (pdq: string) => (await on.callAs(keyOf('platform'), 'GET', path('lookup', pdq, ''))).body;

describe('sixteen hashes in one bank', () => {
  it('have the numbers 1 to 16, and the next lookup finds the last one', async () => {
    const bridge = randomHash(random);
    const hashes = [...Array.from({ length: 12 }, () => flipBits(bridge, 3, random)), ...hashesOf(4)];
    expect(await on.bank('TEST_BANK', ...hashes)).toEqual(Array.from({ length: 16 }, (_, at) => at + 1));
    const status = (await on.call('GET', '/m/index/status')).body;
    expect(status).toMatchObject({ pdq: { present: true, size: 16 }, video_md5: { present: true, built_to: -1, size: 0 } });
    expect(await lookup(hashes.at(-1) ?? '')).toEqual({ TEST_BANK: [{ bank_content_id: 16, distance: '0' }] });
    expect(await lookup('5'.repeat(64))).toEqual({});
    expect((await raw(bridge)).matches.toSorted()).toEqual(Array.from({ length: 12 }, (_, at) => at + 1).toSorted());
  });

  it('are counted for one type', async () => {
    expect((await on.call('GET', '/m/index/status?signal_type=video_md5')).body).toMatchObject({ video_md5: { size: 0 } });
    expect((await on.call('GET', '/m/index/status?signal_type=sound')).text).toBe(`{"message":"No such signal type 'sound'"}`);
    const index = (await on.call('GET', '/c/signal_type/index')).body;
    expect(index).toMatchObject({
      pdq: { db_size: 16, index_size: 16, index_out_of_date: false },
      video_md5: { newest_db_item: -1 },
    });
  });
});

describe('three banks with one hash', () => {
  const [pdq = ''] = hashesOf(1);
  const count = async (banks: string) => {
    const byRaw = await raw(pdq, `&banks=${banks}`);
    const withDistance = await raw(pdq, `&banks=${banks}&include_distance=true`);
    return [
      byRaw.matches.length,
      withDistance.matches.length,
      Object.keys((await lookup(pdq, `&banks=${banks}`)) as object).length,
    ];
  };

  it('are all found, unless the request names banks', async () => {
    for (const name of ['BANK_A', 'BANK_B', 'BANK_C']) await on.bank(name, pdq);
    expect(await count('')).toEqual([3, 3, 3]);
    expect(await count('BANK_A')).toEqual([1, 1, 1]);
    expect(await count('BANK_A,BANK_B')).toEqual([2, 2, 2]);
    expect(await count('NO_SUCH_BANK')).toEqual([0, 0, 0]);
  });

  it('match in the share of requests that their ratio says', async () => {
    await on.call('PUT', '/c/bank/BANK_A', { json: { enabled_ratio: 0 } });
    await on.call('PUT', '/c/bank/BANK_B', { json: { enabled_ratio: 0.5 } });
    const seeds = Array.from({ length: 20 }, (_, at) => `seed ${at}`);
    const found = await Promise.all(seeds.map((seed) => lookup(pdq, `&seed=${encodeURIComponent(seed)}`)));
    const again = await Promise.all(seeds.map((seed) => lookup(pdq, `&seed=${encodeURIComponent(seed)}`)));
    expect(again).toEqual(found);
    const withB = found.filter((banks) => 'BANK_B' in (banks as object)).length;
    expect(withB).toBeGreaterThan(0);
    expect(withB).toBeLessThan(seeds.length);
    for (const banks of found) expect(banks).toMatchObject({ BANK_C: expect.anything() });
    for (const banks of found) expect(banks).not.toHaveProperty('BANK_A');
    expect(Object.keys((await lookup(pdq, '&bypass_coinflip=true')) as object)).toEqual(['BANK_A', 'BANK_B', 'BANK_C']);
    expect((await raw(pdq)).matches).toHaveLength(3);
  });
});

describe('a lookup', () => {
  it('has no key for a bank whose content is disabled', async () => {
    const [pdq = ''] = hashesOf(1);
    const [id] = await on.bank('DISABLED', pdq);
    const disable = (ts: number) => on.call('PUT', `/c/bank/DISABLED/content/${id}`, { json: { disable_until_ts: ts } });
    await disable(Math.floor(Date.now() / 1_000) + 1_000);
    expect(await lookup(pdq)).toEqual({});
    await disable(0);
    expect(await lookup(pdq)).toEqual({});
    await disable(Math.floor(Date.now() / 1_000) - 1_000);
    expect(await lookup(pdq)).toMatchObject({ DISABLED: [{ bank_content_id: id }] });
  });

  it('finds the MD5 of a video, and prints its distance as a number', async () => {
    await on.call('POST', '/c/banks', { json: { name: 'VIDEOS' } });
    const video = Buffer.from('any bytes at all');
    const added = (await on.call('POST', '/c/bank/VIDEOS/content', { form: fileForm('video', video) })).body as { id: number };
    const md5 = (await on.call('POST', '/h/hash?types=video_md5', { form: fileForm('video', video) })).body as {
      video_md5: string;
    };
    const found = { VIDEOS: [{ bank_content_id: added.id, distance: '0' }] };
    const bySignal = (type: string, hex: string) => on.call('GET', `/m/lookup?signal_type=${type}&signal=${hex}`);
    expect((await bySignal('video_md5', ` ${md5.video_md5.toUpperCase()}`)).body).toEqual(found);
    expect((await bySignal('md5', md5.video_md5)).body).toEqual(found);
    expect((await on.call('POST', '/m/lookup', { form: fileForm('video', video) })).body).toEqual({ video_md5: found });
  });

  it('finds an edited copy of a picture, once for each content', async () => {
    await on.call('POST', '/c/banks', { json: { name: 'PICTURES' } });
    const added = await on.call('POST', '/c/bank/PICTURES/content', { form: fileForm('photo', await photograph(7)) });
    const { id, signals } = added.body as { id: number; signals: { pdq: string } };
    const copy = await photograph(7, { width: 500, height: 375 });
    const { pdq } = (await on.call('POST', '/m/lookup', { form: fileForm('photo', copy) })).body as { pdq: object };
    expect(pdq).toEqual({ PICTURES: [{ bank_content_id: id, distance: expect.stringMatching(/^\d+$/) }] });
    expect((await raw(signals.pdq)).matches).toEqual([id]);
  });

  it('shows a draft, and not what a list of harmless content hides', async () => {
    const client = await known();
    await client.createList({ id: 'waiting', title: 'Waiting', class: 'ncii_adult', action: 'remove' });
    const [draft = '', hidden = ''] = hashesOf(2);
    await client.enrolHashes({ pdq: draft }, 'waiting');
    expect(await lookupOfTests(draft)).toEqual({ WAITING: [{ bank_content_id: expect.any(Number), distance: '0' }] });
    await client.enrolHashes({ pdq: flipBits(hidden, 20, random) }, 'known');
    expect(await lookupOfTests(hidden)).toMatchObject({ KNOWN: [{ distance: '20' }] });
    await client.confirmed(await client.enrolHashes({ pdq: hidden }, 'harmless'));
    expect(await lookupOfTests(hidden)).toEqual({});
  });

  it('tells a key of low trust that a bank matched, and not what', async () => {
    const person = { organisation: 'coop', role: 'platform', person: 'low' } as const;
    const low = await createKey(on.service.database, { ...person, trust: 'low', quotaMinute: null, quotaDay: null });
    const [pdq = ''] = hashesOf(1);
    await on.bank('LOW_TRUST', pdq);
    let answer: HmaAnswer | undefined;
    await until('the key is known', 10_000, async () => {
      answer = await on.callAs(low.key, 'GET', path('lookup', pdq, ''));
      return answer.status === 200;
    });
    expect(answer?.body).toEqual({ LOW_TRUST: [{ bank_content_id: 0, distance: '31' }] });
  });

  it('is recorded as a match is', async () => {
    const [pdq = ''] = hashesOf(1);
    await on.bank('RECORDED', pdq);
    const { headers } = await on.call('GET', path('lookup', pdq, ''));
    const verdict = (await on.call('GET', `/v1/matches/${headers.get('x-request-id')}`)).body;
    expect(verdict).toMatchObject({ verdict: 'hold_for_review', matches: [{ class: 'unclassified', distance: 0 }] });
  });

  it.each([
    ['lookup?signal_type=pdq', 400, 'Either url or both signal and signal_type are required'],
    ['lookup?signal_type=pdq&signal=', 400, 'Either url or both signal and signal_type are required'],
    ['lookup?signal_type=tmk&signal=00', 400, "No such SignalType 'tmk'"],
    ['raw_lookup?signal_type=tmk&signal=00', 400, "No such SignalType 'tmk'"],
    ['raw_lookup?signal_type=pdq&signal=abc', 400, 'invalid signal: invalid PDQ hash'],
    [`lookup?signal_type=pdq&signal=${'A1'.repeat(32)}`, 400, 'invalid signal: invalid PDQ hash'],
    ['lookup?signal_type=video_md5&signal=12', 400, 'invalid signal: invalid MD5 hash'],
    ['lookup?url=http://127.0.0.1/x.jpg', 400, 'Invalid or unsafe URL provided'],
  ])('%s answers %i: %s', async (query, status, message) => {
    const answer = await on.call('GET', `/m/${query}`);
    expect([answer.status, answer.text]).toEqual([status, JSON.stringify({ message })]);
  });

  it.each([
    ['raw_lookup?signal_type=pdq', 'missing', ['signal']],
    ['raw_lookup?signal=00', 'missing', ['signal_type']],
    ['raw_lookup?signal=00&signal_type=pdq&include_distance=perhaps', 'bool_parsing', ['include_distance']],
    ['lookup?bypass_coinflip=perhaps', 'bool_parsing', ['bypass_coinflip']],
  ])('%s answers 422 with an array of %s', async (query, type, loc) => {
    const answer = await on.call('GET', `/m/${query}`);
    expect([answer.status, answer.body]).toMatchObject([422, [{ type, loc, msg: expect.any(String) }]]);
  });
});

describe('POST /m/compare', () => {
  const compare = (json: unknown) => on.call('POST', '/m/compare', { json });
  const one = 'facd8bcb2a49bcebdec1985298d5fe84bcd006c187c598c720c3c087b3fdb318';
  const other = 'facd8bcb2a49bcebdec1985228d5ae84bcd006c187c598c720c2b087b3fdb318';

  it('tells the distance of two hashes', async () => {
    expect((await compare({ pdq: [one, other] })).text).toBe('{"pdq":[true,{"distance":9}]}');
    expect((await compare({ video_md5: ['ab'.repeat(16), 'cd'.repeat(16)] })).text).toBe('{"video_md5":[false,{"distance":1}]}');
    expect((await compare({})).text).toBe('{}');
  });

  it.each([
    [['banana'], 'Request input was not a dict'],
    [{ pdq: 'banana' }, 'Comparison hashes for pdq was not a list'],
    [{ pdq: [] }, 'Comparison hash list length must be exactly 2'],
    [{ pdq: ['banana', 'banana'] }, 'Invalid pdq hash: invalid PDQ hash'],
    [{ pdq: [one, other, one] }, 'Comparison hash list length must be exactly 2'],
    [{ tmk: [one, other] }, "No such SignalType 'tmk'"],
  ])('refuses %j', async (json, message) => {
    expect(await compare(json)).toMatchObject({ status: 400, body: { message } });
  });
});

// Last: from here on the organisation is told bands.
describe('a platform that is told bands', () => {
  it('sees the upper end of the band', async () => {
    const [pdq = ''] = hashesOf(1);
    await on.bank('BANDS', pdq);
    await on.call('PATCH', '/v1/organisation', { json: { tells: 'bands' } });
    const distance = async (bits: number) => {
      const [one] = (await raw(flipBits(pdq, bits, random), '&include_distance=true')).matches as { distance: string }[];
      return one?.distance;
    };
    expect([await distance(3), await distance(20)]).toEqual(['16', '31']);
  });
});

function hashesOf(count: number): string[] {
  return Array.from({ length: count }, () => randomHash(random));
}
