import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { dropNearIndex } from '../../src/store/near-index.js';
import { vigie } from '../support/cli.js';
import { onPostgres, openTestDatabase } from '../support/database.js';
import { photograph, randomFrom, randomHash, scene } from '../support/images.js';
import { newEntryOf, pdqHash } from '../support/own-database.js';
import { until } from '../support/until.js';
import { useServices } from '../support/use-services.js';

const start = useServices();

describe('a service that is started again', () => {
  it('matches every entry it acknowledged before a kill -9', async () => {
    const before = await start();
    const random = randomFrom(9);
    const acknowledged = new Map<string, string>();
    const enrolUntilDeath = async () => {
      for (;;) {
        const pdq = randomHash(random);
        const entry = await before.client.enrolHashes({ pdq, quality: 100 }).catch(() => undefined);
        if (!entry) return;
        acknowledged.set(entry.id, pdq);
      }
    };
    const enrolling = Array.from({ length: 8 }, enrolUntilDeath);
    await until('a hundred entries are acknowledged', 30_000, () => acknowledged.size >= 100);
    await before.service.kill('SIGKILL');
    await Promise.all(enrolling);

    const after = await start({ database: before.service.database });
    for (const [id, pdq] of acknowledged) {
      const { matches } = await after.client.matchHashes({ pdq, quality: 100 });
      expect(matches).toMatchObject([{ entry: id, distance: 0 }]);
    }
  });
});

describe('a service killed while its index compacts', () => {
  it('matches every stored hash after a restart', async () => {
    const { service } = await start();
    const { database, stores } = await openTestDatabase(service.database);
    // With this index the embedded database stores a few hundred rows per second.
    await dropNearIndex(database);
    const random = randomFrom(10);
    const stored: string[] = [];
    const metric = async (name: string) =>
      Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await fetch(service.metricsUrl)).text())?.[1]);
    const isCompacting = async () =>
      (await metric('vigie_index_compactions_begun')) > (await metric('vigie_index_compactions_ended'));
    let caught = false;
    const store = async () => {
      while (!caught) {
        const hashes = Array.from({ length: 1_000 }, () => randomHash(random));
        await stores.entries.createMany(
          hashes.map((hex) => newEntryOf([pdqHash(hex)])),
          setup,
        );
        stored.push(...hashes);
      }
    };
    // The statement under way dies with the embedded database.
    const storing = store().catch((error: unknown) => {
      if (!caught) throw error;
    });
    // Every 16 384 hashes start a compaction of about 50 ms.
    while (!caught) caught = await isCompacting();
    await service.kill('SIGKILL');
    await storing;
    await database.close();

    const after = await start({ database: service.database });
    const answers = await Promise.all(
      stored.filter((_, at) => at % 50 === 0).map((pdq) => after.client.matchHashes({ pdq, quality: 100 })),
    );
    expect(answers.filter(({ matches }) => matches[0]?.distance !== 0)).toEqual([]);
  }, 120_000);
});

describe('a graceful stop', () => {
  it('answers the requests under way, logs its phases and exits with 0', async () => {
    const { service, client } = await start();
    const image = await (await scene(3)).resize(6_000, 4_000).jpeg({ quality: 60, progressive: true }).toBuffer();
    // Six of these images take a second. A busy machine needs several times that; an image may take 5 s, and a phase 10 s.
    const sent = 6;
    let answered = 0;
    const answers = Promise.all(Array.from({ length: sent }, () => client.match(image).finally(() => answered++)));
    await until('all have arrived and some are under way', 10_000, async () => {
      const metrics = await (await fetch(service.metricsUrl)).text();
      const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics)?.[1]);
      const underWay = value('vigie_images_queued') + value('vigie_images_in_flight');
      return underWay > 0 && underWay + answered === sent;
    });
    expect(await service.stop()).toBe(0);
    for (const { verdict } of await answers) expect(verdict).toBe('no_known_match');
    const phases = service.log.filter(({ phase }) => phase !== undefined);
    expect(phases.map(({ phase }) => phase)).toEqual([
      'requests',
      'exchanges',
      'imports',
      'imaging',
      'verdicts',
      'jobs',
      'audit',
      'feed',
      'snapshot',
      'index',
      'workers',
      'database',
      'metrics',
    ]);
    for (const phase of phases) expect(phase).toMatchObject({ outcome: 'done', ms: expect.any(Number) });
  });

  it('also follows the closing of the terminal (SIGHUP)', async () => {
    const { service } = await start();
    await service.kill('SIGHUP');
    expect(service.log.filter(({ msg }) => msg === 'stopping').map(({ phase }) => phase)).toContain('database');
  });

  it('refuses new requests', async () => {
    const { service } = await start();
    await service.stop();
    await expect(fetch(`${service.url}/healthz`)).rejects.toThrow('fetch failed');
  });
});

describe.skipIf(onPostgres)('a second server on the same VIGIE_DATA_DIR (embedded database only)', () => {
  it('exits with 1 and names the first process, which continues', async () => {
    const { service, client } = await start();
    const env = { ...service.database.env, VIGIE_PORT: '0', VIGIE_OPS_PORT: '0' };
    const { code, stderr } = await vigie(['serve'], env);
    expect(code).toBe(1);
    expect(stderr).toContain(String(service.pid));
    expect(stderr).toContain('vigie serve');
    expect(stderr).toContain(service.database.env.VIGIE_DATA_DIR);
    expect((await client.match(await photograph(4))).verdict).toBe('no_known_match');
  });

  it('starts after the first was killed', async () => {
    const { service } = await start();
    await service.kill('SIGKILL');
    const after = await start({ database: service.database });
    expect((await after.client.match(await photograph(4))).verdict).toBe('no_known_match');
  });
});
