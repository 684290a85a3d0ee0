import { describe, expect, it } from 'vitest';
import { Client } from '../../support/client.js';
import { fileForm } from '../../support/hma.js';
import { photograph, randomFrom, randomHash } from '../../support/images.js';
import { keyOf } from '../../support/seed.js';
import { useHma } from '../../support/use-hma.js';

const on = useHma();
const random = randomFrom(815);
const inDays = (days: number) => Math.floor(Date.now() / 1_000) + days * 86_400;
const addPhoto = async (bank: string, seed: number, fields: Record<string, string> = {}) => {
  const answer = await on.call('POST', `/c/bank/${bank}/content`, { form: fileForm('photo', await photograph(seed), fields) });
  return { ...answer, body: answer.body as { id: number; signals: { pdq: string } } };
};
const content = (bank: string, id: number, query = '') => on.call('GET', `/c/bank/${bank}/content/${id}${query}`);
const signal = (bank: string, json: unknown) => on.call('POST', `/c/bank/${bank}/signal`, { json });

describe('/c/banks', () => {
  it('is empty at first', async () => {
    expect((await on.call('GET', '/c/banks')).text).toBe('[]');
  });

  it.each(['01_TEST_BANK', 'my_test_bank', 'TEST-BANK', ''])('refuses the name "%s"', async (name) => {
    const answer = await on.call('POST', '/c/banks', { json: { name } });
    expect(answer).toMatchObject({ status: 400, body: { message: 'Bank names must be UPPER_WITH_UNDERSCORE' } });
  });

  it('refuses a name for which no path has room', async () => {
    expect(await on.call('POST', '/c/banks', { json: { name: 'A'.repeat(191) } })).toMatchObject({ status: 400 });
  });

  it('makes a bank, and prints its ratio with a point', async () => {
    const created = await on.call('POST', '/c/banks', { json: { name: 'MY_TEST_BANK' } });
    expect([created.status, created.text]).toEqual([201, '{"matching_enabled_ratio":1.0,"name":"MY_TEST_BANK"}']);
    expect((await on.call('GET', '/c/banks')).text).toBe(`[${created.text}]`);
    const again = await on.call('POST', '/c/banks', { json: { name: 'MY_TEST_BANK' } });
    expect(again).toMatchObject({ status: 403, body: { message: 'Bank already exists' } });
  });

  it.each([
    [{ enabled_ratio: '0.25' }, 0.25],
    [{ enabled_ratio: null, enabled: false }, 0],
    [{ enabled: 'false' }, 0],
    [{ enabled: 'true', matching_enabled_ratio: 0.5 }, 0.5],
  ])('takes %j', async (settings, ratio) => {
    const name = `RATIO_${String(ratio).replace('.', '_')}_${Object.keys(settings).length}`;
    expect((await on.call('POST', '/c/banks', { json: { name, ...settings } })).body).toEqual({
      matching_enabled_ratio: ratio,
      name,
    });
    await on.call('DELETE', `/c/bank/${name}`);
  });

  it.each([
    ['no name', { json: {} }, 'missing'],
    ['a ratio in words', { json: { name: 'X', enabled_ratio: 'half' } }, 'value_error'],
    ['a list', { json: [] }, 'model_type'],
    ['no JSON', { headers: { 'content-type': 'text/plain' } }, 'model_type'],
  ])('answers 422 with an array for %s', async (_what, init, type) => {
    expect(await on.call('POST', '/c/banks', init)).toMatchObject({ status: 422, body: [{ type, msg: expect.any(String) }] });
  });

  it('refuses a ratio that is none', async () => {
    expect(await on.call('POST', '/c/banks', { json: { name: 'X', enabled_ratio: 7.5 } })).toMatchObject({ status: 400 });
  });
});

describe('/c/bank/{name}', () => {
  const put = (name: string, json: unknown) => on.call('PUT', `/c/bank/${name}`, { json });

  it('gets another name and another ratio, and goes in one call', async () => {
    await on.bank('OLD_NAME');
    expect(await put('OLD_NAME', { name: '1_invalid_name' })).toMatchObject({ status: 400 });
    expect(await put('OLD_NAME', { name: 'MY_TEST_BANK' })).toMatchObject({
      status: 403,
      body: { message: 'Bank name already exists' },
    });
    expect((await put('OLD_NAME', { name: 'NEW_NAME' })).text).toBe('{"matching_enabled_ratio":1.0,"name":"NEW_NAME"}');
    expect((await put('NEW_NAME', { enabled: false })).text).toBe('{"matching_enabled_ratio":0.0,"name":"NEW_NAME"}');
    expect((await put('NEW_NAME', { enabled_ratio: 0.5 })).body).toMatchObject({ matching_enabled_ratio: 0.5 });
    expect((await on.call('GET', '/c/banks')).body).toHaveLength(2);
    expect((await on.call('DELETE', '/c/bank/NEW_NAME')).text).toBe('{"message":"Done"}');
    expect((await on.call('DELETE', '/c/bank/NEW_NAME')).text).toBe('{"message":"Done"}');
    expect(await on.call('GET', '/c/bank/NEW_NAME')).toMatchObject({
      status: 404,
      body: { message: "bank 'NEW_NAME' not found" },
    });
    expect(await put('NEW_NAME', {})).toMatchObject({ status: 404, body: { message: 'Bank not found' } });
  });

  it('can be made again after it was deleted, empty', async () => {
    const pdq = randomHash(random);
    await on.bank('AGAIN', pdq);
    await on.call('DELETE', '/c/bank/AGAIN');
    await on.bank('AGAIN');
    expect((await on.call('GET', `/m/lookup?signal_type=pdq&signal=${pdq}`)).body).toEqual({});
    expect((await signal('AGAIN', { pdq })).status).toBe(200);
  });
});

describe('content', () => {
  it('that is a picture has a number, its hash, and no signals unless asked', async () => {
    await on.bank('NEW_BANK');
    const { status, body } = await addPhoto('NEW_BANK', 1);
    expect([status, body]).toEqual([200, { id: expect.any(Number), signals: { pdq: expect.stringMatching(/^[0-9a-f]{64}$/) } }]);
    const bank = { matching_enabled_ratio: 1, name: 'NEW_BANK' };
    const shown = { bank, disable_until_ts: 1, id: body.id, original_media_uri: null };
    expect((await content('NEW_BANK', body.id)).body).toEqual(shown);
    expect((await content('NEW_BANK', body.id, '?include_signals=true')).body).toMatchObject({ ...shown, signals: body.signals });
    const second = await addPhoto('NEW_BANK', 2);
    expect(second.body.id).toBe(body.id + 1);
  });

  it('of another bank, and of no bank, does not exist', async () => {
    await on.bank('OTHER_BANK');
    const { body } = await addPhoto('NEW_BANK', 1);
    const elsewhere = await content('OTHER_BANK', body.id);
    expect(elsewhere).toMatchObject({ status: 404, body: { message: `content '${body.id}' not found` } });
    expect((await on.call('DELETE', `/c/bank/OTHER_BANK/content/${body.id}`)).text).toBe('{"deleted":0}');
    expect(await content('NO_BANK', body.id)).toMatchObject({ status: 404, body: { message: "bank 'NO_BANK' not found" } });
    expect((await content('NEW_BANK', 99_999_999_999)).status).toBe(404);
    expect((await on.call('GET', '/c/bank/NEW_BANK/content/abc')).status).toBe(404);
  });

  it('is disabled until a time', async () => {
    const { body } = await addPhoto('NEW_BANK', 1);
    const put = (disable_until_ts: unknown) =>
      on.call('PUT', `/c/bank/NEW_BANK/content/${body.id}`, { json: { disable_until_ts } });
    const until = inDays(365);
    expect((await put(until)).body).toEqual({
      ...{ bank: { matching_enabled_ratio: 1, name: 'NEW_BANK' }, collab_metadata: {}, disable_until_ts: until, id: body.id },
      ...{ note: null, original_media_uri: null, user_metadata: null },
    });
    expect((await content('NEW_BANK', body.id)).body).toMatchObject({ disable_until_ts: until });
    expect((await put('1')).body).toMatchObject({ disable_until_ts: 1 });
    const message = async (value: unknown) => ((await put(value)).body as { message: string }).message;
    expect(await message(9_999_999_999)).toBe('disable_until_ts must be less than 5 years in the future');
    expect(await message('abc')).toBe("Invalid int: 'abc'");
    expect(await message(-1)).toBe('disable_until_ts must be a non-negative integer');
    expect((await put(null)).status).toBe(400);
  });

  it('is deleted once, and may come back with another number', async () => {
    await on.bank('DELETING');
    const pdq = randomHash(random);
    const first = (await signal('DELETING', { pdq })).body as { id: number };
    expect((await on.call('DELETE', `/c/bank/DELETING/content/${first.id}`)).text).toBe('{"deleted":1}');
    expect((await on.call('DELETE', `/c/bank/DELETING/content/${first.id}`)).text).toBe('{"deleted":0}');
    expect((await on.call('GET', `/m/raw_lookup?signal_type=pdq&signal=${pdq}`)).text).toBe('{"matches":[]}');
    const second = (await signal('DELETING', { pdq })).body as { id: number };
    expect(second.id).toBeGreaterThan(first.id);
    expect((await on.call('GET', `/m/raw_lookup?signal_type=pdq&signal=${pdq}`)).body).toEqual({ matches: [second.id] });
  });

  it('has metadata', async () => {
    await on.bank('METADATA');
    const refused = await addPhoto('METADATA', 1, { metadata: '{"invalid_metadata":5}' });
    expect([refused.status, refused.body]).toMatchObject([400, { message: expect.stringMatching(/^Invalid metadata: /) }]);
    expect((await addPhoto('METADATA', 1, { metadata: '{' })).body).toEqual({
      message: 'metadata form field must be valid JSON',
    });
    expect((await addPhoto('METADATA', 1, { metadata: '[1]' })).body).toEqual({ message: 'metadata should be a json object' });
    const given = { content_id: '1197433091', content_uri: 'https://x.example/1', json: { asdf: {} } };
    const { body } = await addPhoto('METADATA', 1, { metadata: JSON.stringify({ ...given, collab: 'dropped' }) });
    expect((await content('METADATA', body.id)).body).toMatchObject({ metadata: { ...given, collab: null } });
    expect((await content('METADATA', body.id, '?include_metadata=false')).body).not.toHaveProperty('metadata');
    const without = await addPhoto('METADATA', 2);
    expect((await content('METADATA', without.body.id)).body).not.toHaveProperty('metadata');
  });

  it('has a note, which can be changed and cleared', async () => {
    await on.bank('NOTES');
    const { body } = await addPhoto('NOTES', 1, { note: 'hello' });
    const note = async () => ((await content('NOTES', body.id)).body as { note?: string }).note;
    const put = (text: unknown) => on.call('PUT', `/c/bank/NOTES/content/${body.id}`, { json: { note: text } });
    expect(await note()).toBe('hello');
    expect((await put('another')).body).toMatchObject({ note: 'another', disable_until_ts: 1 });
    expect(await note()).toBe('another');
    expect((await put('')).body).toMatchObject({ note: null });
    expect(await note()).toBeUndefined();
    expect((await put('a'.repeat(256))).body).toEqual({ message: 'note must be at most 255 characters' });
    expect((await put(5)).body).toEqual({ message: 'note should be a string' });
  });

  it('that is the hash of a flat image is kept and never matches', async () => {
    await on.bank('FLAT');
    const zeros = '0'.repeat(64);
    const { status, body } = await signal('FLAT', { pdq: zeros, note: 'all zero' });
    expect([status, body]).toEqual([200, { id: expect.any(Number), signals: { pdq: zeros } }]);
    const { id } = body as { id: number };
    const shown = (await content('FLAT', id, '?include_signals=true')).body;
    expect(shown).toMatchObject({ note: 'all zero', signals: { pdq: zeros } });
    expect((await on.call('GET', `/m/raw_lookup?signal_type=pdq&signal=${zeros}`)).text).toBe('{"matches":[]}');
    expect((await on.call('DELETE', `/c/bank/FLAT/content/${id}`)).text).toBe('{"deleted":1}');
  });

  it.each([
    [{}, 400, 'No signals given'],
    [{ note: 'only' }, 400, 'No signals given'],
    [{ tmk: '00' }, 400, 'No such signal type tmk'],
    [{ pdq: 'AB'.repeat(32) }, 400, 'Invalid pdq signal: invalid PDQ hash'],
    [[], 400, 'Request input was not a dict'],
  ])('is refused for the signals %j', async (json, status, message) => {
    await on.bank('REFUSING');
    expect(await signal('REFUSING', json)).toMatchObject({ status, body: { message } });
  });

  it('is refused in the words of HMA', async () => {
    await on.bank('REFUSING');
    const post = (init: Parameters<typeof on.call>[2], path = 'content') => on.call('POST', `/c/bank/REFUSING/${path}`, init);
    const message = async (answer: ReturnType<typeof post>) => [
      (await answer).status,
      ((await answer).body as { message: string }).message,
    ];
    expect(await message(post({}))).toEqual([400, 'Neither `url` nor multipart file upload was received']);
    expect(await message(post({ form: fileForm('nope', Buffer.from('x')) }))).toEqual([400, "no such content_type: 'nope'"]);
    const isText = { headers: { 'content-type': 'text/plain' } };
    expect((await message(post(isText, 'signal')))[0]).toBe(415);
    const grey = await photograph(1, { width: 64, height: 64 }).then(() => flatPicture());
    expect(await message(post({ form: fileForm('photo', grey) }))).toEqual([400, 'Invalid pdq signal: invalid PDQ hash']);
    expect(await message(post({ form: fileForm('photo', Buffer.from('no picture')) }))).toMatchObject([400, /not_an_image/]);
    expect((await signal('NO_BANK', { pdq: randomHash(random) })).status).toBe(404);
  });
});

describe('a list that was not made as a bank', () => {
  const call = (role: 'platform' | 'analyst', method: string, path: string, json?: unknown) =>
    on.callAs(keyOf(role), method, path, json === undefined ? {} : { json });

  it('is a bank under its id, and a platform cannot change it', async () => {
    expect((await call('platform', 'GET', '/c/banks')).body).toEqual([
      { matching_enabled_ratio: 1, name: 'ILLEGAL' },
      { matching_enabled_ratio: 1, name: 'KNOWN' },
    ]);
    for (const [method, path, json] of [
      ['PUT', '/c/bank/KNOWN', { enabled: false }],
      ['DELETE', '/c/bank/KNOWN', undefined],
      ['POST', '/c/bank/KNOWN/signal', { pdq: randomHash(random) }],
      ['DELETE', '/c/bank/KNOWN/content/1', undefined],
    ] as const) {
      expect((await call('platform', method, path, json)).status).toBe(403);
    }
    expect((await call('platform', 'POST', '/c/banks', { name: 'KNOWN' })).body).toEqual({ message: 'Bank already exists' });
  });

  it('shows the exchange that it follows, and how well that works', async () => {
    const credentials = { username: 'vigie', password: 'secret' };
    const asked = { id: 'ncmec', kind: 'ncmec', list: 'known', baseUrl: 'http://127.0.0.1:1', credentials };
    const { status } = await new Client(on.service.url).as('operator').json('POST', '/v1/exchanges', asked);
    expect(status).toBe(201);
    expect((await call('platform', 'GET', '/c/exchanges')).text).toBe('["KNOWN"]');
    const shown = await call('platform', 'GET', '/c/exchange/KNOWN');
    expect([shown.body, shown.text.includes('secret')]).toEqual([{ api: 'ncmec', enabled: true, name: 'KNOWN' }, false]);
    const state = (await call('platform', 'GET', '/c/exchange/KNOWN/status')).body as object;
    const names = ['checkpoint_ts', 'fetched_items', 'last_fetch_complete_ts', 'last_fetch_succeeded', 'running_fetch_start_ts'];
    expect(Object.keys(state).sort()).toEqual([...names, 'up_to_date']);
    expect(state).toMatchObject({ fetched_items: 0, up_to_date: false });
    expect((await call('platform', 'PUT', '/c/exchange/KNOWN', { enabled: false })).status).toBe(403);
    expect((await call('platform', 'DELETE', '/c/exchange/KNOWN')).status).toBe(403);
    expect((await on.call('GET', '/c/exchange/KNOWN')).status).toBe(404);
  });

  it('takes content from an analyst, by its own rules, and does not show hashes', async () => {
    const { id } = (await call('analyst', 'POST', '/c/bank/KNOWN/signal', { pdq: randomHash(random) })).body as { id: number };
    expect((await call('platform', 'GET', `/c/bank/KNOWN/content/${id}?include_signals=true`)).body).not.toHaveProperty(
      'signals',
    );
    expect((await call('analyst', 'DELETE', `/c/bank/KNOWN/content/${id}`)).text).toBe('{"deleted":1}');
  });

  it('that others may match is out of the reach of a platform, even if it was made as a bank', async () => {
    await on.bank('SHARED');
    const operator = new Client(on.service.url).as('operator');
    const lists = await operator.call('GET', '/v1/lists');
    const { items } = lists.body as { items: { id: string; title: string }[] };
    const list = items.find(({ title }) => title === 'SHARED')?.id ?? '';
    await operator.json('PUT', `/v1/lists/${list}/grants/others`, { rights: ['match'] });
    const refused = await signal('SHARED', { pdq: randomHash(random) });
    expect(refused).toMatchObject({ status: 403, body: { message: expect.stringContaining('other organisations') } });
  });
});

async function flatPicture(): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp({ create: { width: 200, height: 200, channels: 3, background: 'grey' } })
    .png()
    .toBuffer();
}
