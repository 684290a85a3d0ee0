import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { Client, problemOf } from '../support/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { photograph } from '../support/images.js';
import { startTestService, type TestService } from '../support/service.js';

let database: TestDatabase;
let service: TestService;
let client: Client;
/** While this file exists, searches drop a hit and a load waits. */
let broken: string;

beforeAll(async () => {
  database = await createTestDatabase();
  broken = join(database.env.VIGIE_DATA_DIR, 'broken');
  const sabotage = join(database.env.VIGIE_DATA_DIR, 'sabotage.mjs');
  const memory = pathToFileURL(join(packageRoot(), 'dist/src/index/memory.js')).href;
  await writeFile(
    sabotage,
    `import { existsSync } from 'node:fs';
    import { MemoryIndex } from ${JSON.stringify(memory)};
    const isBroken = () => existsSync(${JSON.stringify(broken)});
    const { search, load } = MemoryIndex.prototype;
    MemoryIndex.prototype.search = async function (...all) {
      const answers = await search.apply(this, all);
      return isBroken() ? answers.map((hits) => hits.slice(1)) : answers;
    };
    MemoryIndex.prototype.load = async function (...all) {
      while (isBroken()) await new Promise((resolve) => setTimeout(resolve, 10));
      return load.apply(this, all);
    };`,
  );
  const env = { NODE_OPTIONS: `--import ${pathToFileURL(sabotage).href}`, VIGIE_AUDIT_QUERIES: '600' };
  service = await startTestService({ database, env });
  client = new Client(service.url);
});

afterAll(async () => {
  await service.stop();
  await database.drop();
});

const ready = async () => (await fetch(`${service.url}/readyz`)).status;
const soon = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

async function metric(name: string): Promise<number> {
  const text = await (await fetch(service.metricsUrl)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

describe('a node whose index misses a hash', () => {
  it('answers 503 while the index is rebuilt, then matches again', async () => {
    const image = await photograph(11);
    const { id } = await client.enrol(image);
    expect([await ready(), await metric('vigie_recall_audit_failures_total')]).toEqual([200, 0]);
    await writeFile(broken, '');
    await soon(async () => expect(await ready()).toBe(503));
    const refused = await client.json('POST', '/v1/match', { hashes: { sha256: 'ab'.repeat(32) } });
    expect(problemOf(refused)).toMatchObject({ status: 503, code: 'index_unavailable' });
    await rm(broken);
    await soon(async () => expect(await ready()).toBe(200));
    expect((await client.match(image)).matches).toEqual(expect.arrayContaining([expect.objectContaining({ entry: id })]));
    expect(await metric('vigie_recall_audit_failures_total')).toBeGreaterThan(0);
    await service.logged('recall check: the index was rebuilt and is right again');
  });
});
