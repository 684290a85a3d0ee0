import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { synapseExchange } from '../../src/exchanges/synapse.js';
import { SynapseServer } from '../support/exchange-servers/synapse.js';
import { Follower, quickHttp } from './following.js';

let server: SynapseServer;
let follower: Follower;
const origin = 'matrix.example:8448';

beforeAll(async () => {
  server = await SynapseServer.start();
});
afterAll(() => server.http.stop());
beforeEach(() => {
  server.reset();
  follower = following('syt_admin');
});

/** Bytes that begin with "image" pass for an image. */
function following(accessToken: string): Follower {
  const access = { baseUrl: server.http.url, credentials: { accessToken }, options: {} };
  const made = new Follower(synapseExchange(quickHttp({ timeoutMs: 2_000 }).http), access);
  made.hash = async (media) => {
    if (!Buffer.from(media).toString('latin1').startsWith('image')) return undefined;
    return [{ algorithm: 'sha256', hex: createHash('sha256').update(media).digest('hex'), quality: null }];
  };
  return made;
}

function add(id: string, content = `image ${id}`): void {
  server.media.set(`${origin}/${id}`, Buffer.from(content));
  server.quarantine(id);
}

const downloads = () => server.http.asked.filter(({ path }) => path.includes('/download/')).length;

describe('the quarantine of a Matrix server', () => {
  it('gives its images as hashes', async () => {
    add('abc');
    await follower.visit();
    const hex = createHash('sha256').update('image abc').digest('hex');
    expect(follower.kept.get(`${origin}/abc`)).toMatchObject({
      hashes: [{ algorithm: 'sha256', hex }],
      class: null,
      sourceCodes: [],
      provenance: { unit: origin },
    });
  });

  it('takes back what is no longer in quarantine', async () => {
    add('abc');
    add('def');
    await follower.visit();
    server.quarantine('abc', false);
    await follower.visit();
    expect(follower.identities).toEqual([`${origin}/def`]);
  });

  it('downloads nothing for media that was released again', async () => {
    add('abc');
    server.quarantine('abc', false);
    await follower.visit();
    expect(downloads()).toBe(0);
    expect(follower.identities).toEqual([]);
  });

  it.each([
    ['is gone', () => server.media.delete(`${origin}/abc`)],
    ['is encrypted or no image', () => server.media.set(`${origin}/abc`, Buffer.from('something else'))],
    ['is larger than 50 MB', () => server.media.set(`${origin}/abc`, Buffer.alloc(50_000_001))],
  ])('skips media that %s', async (_what, spoil) => {
    add('abc');
    add('def');
    spoil();
    await follower.visit();
    expect(follower.identities).toEqual([`${origin}/def`]);
    expect(follower.checkpoint).toEqual({ batch: 2 });
  });

  it.each([['../admin'], ['a/b'], ['%2e%2e'], ['']])('does not ask for media with the id "%s"', async (id) => {
    server.quarantine(id);
    add('def');
    await follower.visit();
    expect(follower.items[0]).toMatchObject({ kind: 'invalid' });
    expect(follower.identities).toEqual([`${origin}/def`]);
    expect(downloads()).toBe(1);
  });
});

describe('a checkpoint of Synapse', () => {
  beforeEach(() => {
    server.pageSize = 2;
    for (const id of ['a', 'b', 'c', 'd', 'e']) add(id);
  });

  it('moves with each page, so that media is downloaded once', async () => {
    let failing = true;
    server.http.fault = (_number, { path }) => (failing && path.endsWith('/d') ? { status: 502, body: '' } : undefined);
    expect(await follower.failedVisit()).toMatchObject({ fault: 'unreachable' });
    expect(follower.checkpoint).toEqual({ batch: 2 });
    failing = false;
    server.http.asked.length = 0;
    await follower.visit();
    expect(follower.identities).toHaveLength(5);
    expect(downloads()).toBe(3);
    await follower.visit();
    expect(downloads()).toBe(3);
  });

  it('stays if a page is truncated', async () => {
    server.http.fault = (_number, { path }) => (path.endsWith('quarantine_changes') ? 'cut' : undefined);
    expect(await follower.failedVisit()).toMatchObject({ fault: 'malformed' });
    expect(follower.checkpoint).toBeNull();
  });

  it('stays if the numbers of the server go back', async () => {
    await follower.visit();
    server.http.fault = () => ({ body: '{"changes":[],"next_batch":1}' });
    const error = await follower.failedVisit();
    expect(error.fault).toBe('incomplete');
    expect(error.message).toContain('let this exchange begin again');
    expect(follower.checkpoint).toEqual({ batch: 5 });
  });
});

it('Synapse refuses a wrong token, which no message shows', async () => {
  const error = await following('syt_wrong').failedVisit();
  expect(error.fault).toBe('refused');
  expect(error.message).not.toContain('syt_wrong');
});
