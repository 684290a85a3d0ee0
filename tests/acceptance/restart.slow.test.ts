import { describe, expect, it } from 'vitest';
import { vigie } from '../support/cli.js';
import { onPostgres } from '../support/database.js';
import { photograph, randomFrom, randomHash } from '../support/images.js';
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
