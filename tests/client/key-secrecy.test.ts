import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Vigie, type VigieOptions } from '../../src/client/index.js';
import { faultServer, json, problem } from '../support/fault-server.js';

const key = `vig_testkey_${'5'.repeat(64)}`;
const image = new Uint8Array([1, 2, 3]);

/** All texts that a log could hold of it. */
function textsOf(value: unknown): string {
  const own = value instanceof Error ? [value.message, value.stack, inspect(value.cause)] : [];
  return [...own, String(value), JSON.stringify(value), inspect(value, { showHidden: true, depth: 10, getters: true })].join(
    '\n',
  );
}

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error;
  }
}

describe('the key does not appear', () => {
  it('in the client', () => {
    expect(textsOf(new Vigie({ url: 'https://vigie.example.org', key }))).not.toContain(key);
  });

  it.each([
    ['with a line feed at its end', { key: `${key}\n` }],
    ['in the url', { url: `https://user:${key}@vigie.example.org` }],
    ['in a url that is none', { url: key }],
  ])('in the error of a client that was given it %s', async (_what, wrong) => {
    const error = await thrownBy(() => new Vigie({ url: 'https://vigie.example.org', key, ...wrong }));
    expect(error).toBeInstanceOf(TypeError);
    expect(textsOf(error)).not.toContain(key);
  });

  it.each([
    ['refuses and repeats the request', json(400, { code: key, detail: `you sent Bearer ${key}`, requestId: key })],
    ['is overloaded and repeats the request', json(503, { code: key, detail: `you sent Bearer ${key}`, requestId: key })],
    ['refuses', problem(401, 'unauthorized')],
  ])('in what a call gives when the server %s', async (_what, reply) => {
    const client = new Vigie({ url: (await faultServer(reply)).url, key, retries: 0 });
    const given = [
      await thrownBy(() => client.match(image)),
      await thrownBy(() => client.hash(image)),
      await thrownBy(() => client.enrol({ list: 'known', image })),
      await thrownBy(() => client.feedback('req_1', { outcome: 'confirmed' })),
      await thrownBy(() => client.matchMany([{ id: 'a', hashes: { md5: 'x' } }]).next()),
    ];
    expect(given.map(textsOf).join('\n')).not.toContain(key);
  });

  it('in what is said about an item of matchMany', async () => {
    const line = JSON.stringify({ id: 'a', error: { code: key, detail: `you sent Bearer ${key}` } });
    const client = new Vigie({ url: (await faultServer((response) => response.end(line))).url, key });
    const { value } = await client.matchMany([{ id: 'a', hashes: { md5: 'x' } }]).next();
    expect(value).toMatchObject({ verdict: 'unavailable', reason: 'refused', detail: 'you sent Bearer [key]' });
    expect(textsOf(value)).not.toContain(key);
  });

  it('in what a call gives when fetch throws it', async () => {
    const fetch: VigieOptions['fetch'] = async (_url, init) => {
      throw Object.assign(new TypeError(`failed with ${JSON.stringify(init)}`), { code: `CODE ${key}`, cause: new Error(key) });
    };
    const client = new Vigie({ url: 'https://vigie.example.org', key, fetch, retries: 0 });
    const given = [await thrownBy(() => client.match(image)), await thrownBy(() => client.hash(image))];
    expect(given.map(textsOf).join('\n')).not.toContain(key);
    expect(given[0]).toMatchObject({ verdict: 'unavailable', detail: 'the connection failed' });
  });
});
