import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReverseProxy, startNginx } from '../../bench/faults/nginx.js';
import { Client } from '../support/client.js';
import { createTestDatabase, onPostgres, type TestDatabase } from '../support/database.js';
import { photograph, randomFrom, randomHash } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const connections = 16;
// CI installs nginx, so there a missing one is a failure.
const isInstalled = process.env.CI !== undefined || spawnSync('nginx', ['-v']).status === 0;

describe.skipIf(!onPostgres || !isInstalled)('three services behind nginx (PostgreSQL only)', () => {
  const random = randomFrom(3);
  let database: TestDatabase;
  let services: TestService[] = [];
  let nginx: ReverseProxy;
  const client = () => new Client(nginx.url);
  const anyHashes = () => ({ hashes: { pdq: randomHash(random), quality: 100 } });

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = { VIGIE_ACCESS_LOG: 'on' };
    services = await Promise.all([0, 1, 2].map(() => startTestService({ database, env })));
    nginx = await startNginx(services.map(({ url }) => url));
  });
  afterAll(async () => {
    await nginx?.stop();
    for (const service of services) await service.kill();
    await database.drop();
  });

  const served = ({ log }: TestService) => log.filter(({ route }) => route === '/v1/match').length;

  it('share the requests', async () => {
    for (let at = 0; at < 30; at++) await client().matchHashes(anyHashes().hashes);
    await until('each has answered some', 5_000, () => services.every((service) => served(service) > 3));
  });

  it('take an image, and refuse one that is too large', async () => {
    expect(await client().enrol(await photograph(1))).toMatchObject({ list: 'known' });
    const { status } = await client().call('POST', '/v1/match', {
      body: new Uint8Array(21 * 2 ** 20),
      headers: { 'content-type': 'image/jpeg' },
    });
    expect(status).toBe(413);
  });

  it('answer the first line of a stream before its last one is sent', async () => {
    const line = (id: string) => new TextEncoder().encode(`${JSON.stringify({ id, ...anyHashes() })}\n`);
    let send: (text: Uint8Array<ArrayBuffer>) => void = () => {};
    let end: () => void = () => {};
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        send = (text) => controller.enqueue(text);
        end = () => controller.close();
      },
    });
    const authorization = `Bearer ${keyOf('platform')}`;
    // 64 lines are answered at once.
    for (let at = 0; at < 64; at++) send(line(`item ${at}`));
    const answer = await fetch(`${nginx.url}/v1/match/batch`, {
      ...{ method: 'POST', body, duplex: 'half' },
      headers: { authorization, 'content-type': 'application/x-ndjson' },
    } as RequestInit);
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain('item 0');
    end();
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read());
  });

  it('lose only the requests that a killed node was answering', async () => {
    const [victim] = services;
    const statuses: number[] = [];
    let stop = false;
    const load = Array.from({ length: connections }, async () => {
      while (!stop) statuses.push((await client().json('POST', '/v1/match', anyHashes())).status);
    });
    await until('all nodes are busy', 20_000, () => statuses.length > 500);
    await victim?.kill();
    const before = statuses.length;
    await until('the others answer', 20_000, () => statuses.length > before + 500);
    stop = true;
    await Promise.all(load);
    const failed = statuses.filter((status) => status !== 200);
    expect(failed.length).toBeLessThanOrEqual(connections);
    for (const status of failed) expect(status).toBe(502);
    expect(statuses.slice(before + connections).every((status) => status === 200)).toBe(true);
  });

  it('match an entry on every living node within a second of its enrolment', async () => {
    const image = await photograph(2);
    await client().enrol(image);
    const startedAt = performance.now();
    const living = services.slice(1).map(({ url }) => new Client(url));
    await until('all know it', 1_000, async () =>
      (await Promise.all(living.map((node) => node.match(image)))).every(({ verdict }) => verdict === 'remove'),
    );
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
