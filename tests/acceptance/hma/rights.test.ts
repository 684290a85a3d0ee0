/** What a key may not do through the HMA API, because it may not do it otherwise. */
import { get } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../support/client.js';
import { fileForm } from '../../support/hma.js';
import { photograph, randomFrom, randomHash } from '../../support/images.js';
import { keyOf } from '../../support/seed.js';
import { useHma } from '../../support/use-hma.js';

const on = useHma((keys) => ({ VIGIE_HMA_PORT: '0', VIGIE_HMA_KEY: keys.coop }));
const random = randomFrom(99);
const zeros = '0'.repeat(64);
const raw = (pdq: string) => on.call('GET', `/m/raw_lookup?signal_type=pdq&signal=${pdq}`);
const grant = async (list: string, rights: readonly string[]) => {
  const operator = new Client(on.service.url).as('operator');
  expect((await operator.json('PUT', `/v1/lists/${list}/grants/others`, { rights })).status).toBe(200);
};
const analyst = (path: string, json: unknown) => on.callAs(keyOf('analyst', 'others'), 'POST', path, { json });

describe('an analyst who may only match a list', () => {
  it('adds nothing to it, not even a flat hash', async () => {
    await grant('known', ['match']);
    for (const pdq of [zeros, randomHash(random)])
      expect(await analyst('/c/bank/KNOWN/signal', { pdq })).toMatchObject({
        status: 403,
        body: { message: expect.stringContaining('no right to enrol') },
      });
    await grant('known', ['read', 'verify']);
  });
});

describe('content of a bank', () => {
  it('no longer matches once it is deleted, even if others also listed it while they could', async () => {
    const pdq = randomHash(random);
    const [id = 0] = await on.bank('SHARED', pdq);
    const { body } = await new Client(on.service.url).as('operator').call('GET', '/v1/lists');
    const list = (body as { items: { id: string; title: string }[] }).items.find(({ title }) => title === 'SHARED')?.id ?? '';
    await grant(list, ['match', 'read', 'enrol']);
    const name = list.toUpperCase().replaceAll('-', '_');
    expect((await analyst(`/c/bank/${name}/signal`, { pdq })).status).toBe(200);
    await grant(list, []);
    expect((await on.call('DELETE', `/c/bank/SHARED/content/${id}`)).text).toBe('{"deleted":1}');
    expect((await raw(pdq)).text).toBe('{"matches":[]}');
  });

  it.each([
    ['has too many levels', { metadata: `{"json":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}` }],
    ['has NUL', { metadata: '{"json":{"a":"\\u0000"}}' }],
    ['has an unpaired surrogate', { metadata: '{"content_id":"\\ud800"}' }],
    ['has NUL in its note', { note: 'a\0b' }],
  ])('is not added when its description %s', async (_what, fields) => {
    await on.bank('DESCRIBED');
    const form = fileForm('photo', await photograph(5), fields);
    expect((await on.call('POST', '/c/bank/DESCRIBED/content', { form })).status).toBe(400);
    expect((await on.call('POST', '/m/lookup', { form: fileForm('photo', await photograph(5)) })).text).toBe('{"pdq":{}}');
  });

  it('has a note of 255 characters, whatever they take', async () => {
    const note = '\u{1f600}'.repeat(255);
    const { body } = await on.call('POST', '/c/bank/DESCRIBED/signal', { json: { pdq: randomHash(random), note } });
    const { id } = body as { id: number };
    expect((await on.call('GET', `/c/bank/DESCRIBED/content/${id}`)).body).toMatchObject({ note });
  });
});

describe('the port that is bound to a key', () => {
  let port: string;
  const statusFor = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/c/banks', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  beforeAll(async () => {
    ({ port } = new URL(String((await on.service.logged('listening')).hma)));
  });

  it.each(['127.0.0.1:5100', 'localhost', '[::1]:5100', 'vigie:5100', 'host.docker.internal'])('answers to %s', async (host) => {
    expect(await statusFor(host)).toBe(200);
  });

  it('refuses the name of a site that gave itself the address of this machine', async () => {
    expect(await statusFor(`rebinding.example:${port}`)).toBe(403);
  });
});
