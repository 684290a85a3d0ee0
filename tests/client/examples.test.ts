import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { fastify } from 'fastify';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { backFill, type Photos } from '../../src/client/examples/back-fill.js';
import { matchUpload } from '../../src/client/examples/express.js';
import { matchUploads } from '../../src/client/examples/fastify.js';
import type { Visibility } from '../../src/client/examples/visibility.js';
import { Vigie } from '../../src/client/index.js';
import { nowhere } from '../support/fault-server.js';
import { photograph } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

const on = useService();
const clientAt = (url: string, role: 'platform' | 'analyst' = 'platform') => new Vigie({ url, key: keyOf(role), retries: 0 });
let known: Buffer;
let other: Buffer;

beforeAll(async () => {
  known = await photograph(1);
  other = await photograph(2);
  await on.client.enrol(known);
});

type Upload = (image: Uint8Array) => Promise<{ status: number; visibility: string | undefined }>;

async function throughFastify(vigie: Vigie): Promise<Upload> {
  const app = fastify();
  matchUploads(app, vigie);
  app.post('/photos', async ({ visibility }) => ({ visibility }));
  return async (image) => {
    const headers = { 'content-type': 'image/jpeg' };
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
  return async (image) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/photos`;
    const headers = { 'content-type': 'image/jpeg' };
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(image) });
    return { status: response.status, visibility: (await response.json()).visibility };
  };
}

describe.each([
  ['Fastify', throughFastify],
  ['Express', throughExpress],
])('the example for %s', (_name, through) => {
  it('removes a known image and shows another', async () => {
    const upload = await through(clientAt(on.service.url));
    expect(await upload(known)).toEqual({ status: 200, visibility: 'removed' });
    expect(await upload(other)).toEqual({ status: 200, visibility: 'shown' });
  });

  it('holds every upload while the service is down', async () => {
    const upload = await through(clientAt(await nowhere()));
    expect(await upload(other)).toEqual({ status: 200, visibility: 'held' });
  });

  it('accepts no upload with a key that may not match', async () => {
    const upload = await through(clientAt(on.service.url, 'analyst'));
    expect(await upload(other)).toEqual({ status: 500, visibility: undefined });
  });
});

describe('the example of a back-fill', () => {
  async function run(vigie: Vigie) {
    const visibility = new Map<string, Visibility>();
    const images = new Map([
      ['known', known],
      ['other', other],
    ]);
    const photos: Photos = {
      async *hashesOf(ids) {
        for (const id of ids) yield { id, hashes: (await clientAt(on.service.url).hash(images.get(id) ?? known)).hashes };
      },
      async setVisibility(id, value) {
        visibility.set(id, value);
      },
    };
    let data: { photos: readonly string[] } = { photos: ['other', 'known'] };
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
    expect(await run(clientAt(on.service.url))).toMatchObject({
      visibility: { known: 'removed', other: 'shown' },
      failure: undefined,
    });
  });

  it('holds all images while the service is down, and keeps them in the job', async () => {
    expect(await run(clientAt(await nowhere()))).toEqual({
      visibility: { known: 'held', other: 'held' },
      left: ['other', 'known'],
      failure: 'Error: 2 photos have no verdict yet and are held',
    });
  });
});
