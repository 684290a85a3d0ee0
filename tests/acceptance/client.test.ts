import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { backFill, type Photos } from '../../src/client/examples/back-fill.js';
import { matchUpload } from '../../src/client/examples/express.js';
import { matchUploads } from '../../src/client/examples/fastify.js';
import type { Visibility } from '../../src/client/examples/visibility.js';
import { isHidden, mustRemove, Vigie } from '../../src/client/index.js';
import { imageFile } from '../../src/client/node.js';
import { batchItem, isKnown, knownHash, numbers } from '../support/batch-items.js';
import { nowhere } from '../support/fault-server.js';
import { photograph } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

const on = useService();
const clientOf = (role: 'platform' | 'analyst' | 'flagger') => new Vigie({ url: on.service.url, key: keyOf(role) });
const clientOfNobody = async () => new Vigie({ url: await nowhere(), key: keyOf('platform'), retries: 0 });
let folder = '';
let known: Buffer;
let other: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-client-'));
  known = await photograph(1);
  other = await photograph(2);
  await writeFile(join(folder, 'known.jpg'), known);
  await on.client.enrol(known);
  await on.client.enrolHashes({ pdq: knownHash, quality: 100 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('vigie-client against a service', () => {
  it('finds a known image, as bytes, as a stream, as a file and as the hashes that the service computed', async () => {
    const vigie = clientOf('platform');
    const { hashes } = await vigie.hash(known);
    const inputs = [known, new Blob([new Uint8Array(known)]).stream(), await imageFile(join(folder, 'known.jpg')), { hashes }];
    const results = await Promise.all(inputs.map((input) => vigie.match(input)));
    expect(results.map((result) => [result.verdict, mustRemove(result)])).toEqual(inputs.map(() => ['remove', true]));
  });

  it('shows an image that no list contains, and hides what cannot be read', async () => {
    const vigie = clientOf('platform');
    expect(isHidden(await vigie.match(other))).toBe(false);
    const broken = Buffer.from('no image');
    expect(await vigie.match(broken)).toMatchObject({ verdict: 'unscannable', reason: 'not_an_image' });
    // Its digests say nothing about that, as the readme warns.
    const { hashes, unscannable } = await vigie.hash(broken);
    expect([unscannable, isHidden(await vigie.match({ hashes }))]).toEqual(['not_an_image', false]);
  });

  it('matches 1 500 sets of hashes in one stream, in their order, and never has more than 1 000 under way', async () => {
    let taken = 0;
    let seen = 0;
    const items = (function* () {
      for (const number of numbers(1_500)) {
        taken++;
        yield batchItem(number);
      }
    })();
    for await (const result of clientOf('platform').matchMany(items)) {
      expect(taken - seen).toBeLessThanOrEqual(1_001);
      expect([result.id, mustRemove(result)]).toEqual([`item ${seen}`, isKnown(seen)]);
      seen++;
    }
    expect(seen).toBe(1_500);
  });

  it('enrols once when an answer was lost, because the retry has the same Idempotency-Key', async () => {
    let tries = 0;
    const loses: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (tries++ > 0) return response;
      await response.arrayBuffer();
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
    };
    const vigie = new Vigie({ url: on.service.url, key: keyOf('analyst'), fetch: loses, backoffMs: 1 });
    // Without the key, the second enrolment would find the entry standing.
    expect(await vigie.enrol({ list: 'known', image: await photograph(3) })).toMatchObject({ outcome: 'created' });
    expect(tries).toBe(2);
    expect(await vigie.enrol({ list: 'known', image: await photograph(3) })).toMatchObject({ outcome: 'standing' });
  });

  it('enrols for a flagger, who gets a receipt', async () => {
    const received = await clientOf('flagger').enrol({ list: 'harmless', image: await photograph(4) });
    expect(received).toEqual({ outcome: 'received', receipt: expect.stringMatching(/^rcp_/) });
  });

  it('gives feedback on a verdict', async () => {
    const result = await clientOf('platform').match(known);
    const feedback = await clientOf('platform').feedback(result.requestId ?? '', { outcome: 'confirmed' });
    expect(feedback).toMatchObject({ requestId: result.requestId, outcome: 'confirmed' });
  });

  it('throws what the service says about a key of another role, and about an image that is too large', async () => {
    await expect(clientOf('analyst').match(known)).rejects.toMatchObject({ status: 403, code: 'forbidden' });
    const large = new Uint8Array(21 * 1024 * 1024);
    for (const input of [large, new Blob([large]).stream()])
      await expect(clientOf('platform').match(input)).rejects.toMatchObject({ status: 413, code: 'body_too_large' });
  });
});

type Upload = (image: Uint8Array, type?: string) => Promise<{ status: number; visibility: string | undefined }>;

async function throughFastify(vigie: Vigie): Promise<Upload> {
  const app = fastify();
  matchUploads(app, vigie);
  app.post('/photos', async ({ visibility }) => ({ visibility }));
  return async (image, type = 'image/jpeg') => {
    const headers = { 'content-type': type };
    const response = await app.inject({ method: 'POST', url: '/photos', headers, payload: Buffer.from(image) });
    return { status: response.statusCode, visibility: response.json().visibility };
  };
}

async function throughExpress(vigie: Vigie): Promise<Upload> {
  const app = express();
  app.post('/photos', matchUpload(vigie), (_request: express.Request, response: express.Response) => {
    response.json({ visibility: response.locals.visibility });
  });
  // By default Express prints errors.
  app.use((_error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    response.status(500).json({});
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return async (image, type = 'image/jpeg') => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/photos`;
    const headers = { 'content-type': type };
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(image) });
    return { status: response.status, visibility: (await response.json()).visibility };
  };
}

describe.each([
  ['Fastify', throughFastify],
  ['Express', throughExpress],
])('the example for %s', (_name, through) => {
  it('removes a known image and shows another', async () => {
    const upload = await through(clientOf('platform'));
    expect(await upload(known)).toEqual({ status: 200, visibility: 'removed' });
    expect(await upload(other)).toEqual({ status: 200, visibility: 'shown' });
  });

  it('holds every upload while the service is down', async () => {
    const upload = await through(await clientOfNobody());
    expect(await upload(other)).toEqual({ status: 200, visibility: 'held' });
  });

  it('shows nothing that is empty, or not sent as an image', async () => {
    const upload = await through(clientOf('platform'));
    const uploads = [
      upload(new Uint8Array()),
      upload(other, 'application/json'),
      upload(other, 'multipart/form-data; boundary=a'),
    ];
    for (const { visibility } of await Promise.all(uploads)) expect(visibility).not.toBe('shown');
  });

  it('accepts no upload with a key that may not match', async () => {
    const upload = await through(clientOf('analyst'));
    expect(await upload(other)).toEqual({ status: 500, visibility: undefined });
  });
});

describe('the example of a back-fill', () => {
  async function run(vigie: Vigie, names = ['other', 'known']) {
    const visibility = new Map<string, Visibility>();
    const images = new Map([
      ['known', known],
      ['other', other],
      ['broken', Buffer.from('no image')],
    ]);
    const photos: Photos = {
      async *hashesOf(ids) {
        for (const id of ids) {
          const { hashes, unscannable } = await clientOf('platform').hash(images.get(id) ?? known);
          if (!unscannable) yield { id, hashes };
        }
      },
      async setVisibility(id, value) {
        visibility.set(id, value);
      },
    };
    let data: { photos: readonly string[] } = { photos: names };
    const job = {
      data,
      async updateData(left: typeof data) {
        data = left;
      },
    };
    const failure = await backFill(vigie, photos)(job).catch((error: unknown) => String(error));
    return { visibility: Object.fromEntries(visibility), left: data.photos, failure };
  }

  it('removes known images and leaves others', async () => {
    expect(await run(clientOf('platform'))).toMatchObject({
      visibility: { known: 'removed', other: 'shown' },
      failure: undefined,
    });
  });

  it('holds all images while the service is down, and keeps them in the job', async () => {
    expect(await run(await clientOfNobody())).toEqual({
      visibility: { known: 'held', other: 'held' },
      left: ['other', 'known'],
      failure: 'Error: 2 photos have no verdict yet and are held',
    });
  });

  it('holds an image that has no hashes to match by, and keeps it in the job', async () => {
    expect(await run(clientOf('platform'), ['broken', 'known'])).toEqual({
      visibility: { broken: 'held', known: 'removed' },
      left: ['broken'],
      failure: 'Error: 1 photos have no verdict yet and are held',
    });
  });
});
