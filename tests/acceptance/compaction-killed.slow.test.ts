import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { dropNearIndex } from '../../src/store/near-index.js';
import { openTestDatabase } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, pdqHash } from '../support/own-database.js';
import { useServices } from '../support/use-services.js';

const start = useServices();

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
