import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { act, anchorOf, verify } from '../support/audit.js';
import { documentsOf, vigie } from '../support/cli.js';
import { createTestDatabase, openTestDatabase } from '../support/database.js';
import { keyOf } from '../support/seed.js';
import { startTestService } from '../support/service.js';
import { until } from '../support/until.js';

/** Two starts can take longer than the usual limit. */
const patience = 120_000;

describe('a service that is stopped', () => {
  it(
    'seals all acts and anchors them in a file that only its owner can read',
    async () => {
      const service = await startTestService();
      const { database: test } = service;
      await service.logged('listening');
      expect(await service.stop()).toBe(0);
      const last = documentsOf(await readFile(anchorOf(test), 'utf8')).at(-1);
      const report = await verify(test);
      expect(report).toMatchObject({ code: 0, anchors: 1, whole: true });
      expect([last?.position, report.sealed > 0]).toEqual([report.sealed, true]);
      expect((await stat(anchorOf(test))).mode & 0o777).toBe(0o600);
      await test.drop();
    },
    patience,
  );
});

describe('a service that misses acts it has anchored', () => {
  it(
    'says so in its log',
    async () => {
      const service = await startTestService();
      const { database: test } = service;
      await service.logged('listening');
      await service.stop();
      const { database } = await openTestDatabase(test);
      await database.query('delete from act_seal where position >= 5');
      await database.close();
      const again = await startTestService({ database: test });
      await again.stop();
      expect(again.log.map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/no longer matches its anchor/));
      await test.drop();
    },
    patience,
  );
});

describe('a service that is killed between an act and its seal', () => {
  it(
    'seals the act at the next start and loses none',
    async () => {
      const service = await startTestService();
      const { database: test } = service;
      const { database } = await openTestDatabase(test);
      const done: string[] = [];
      const actUntilDeath = async (writer: number) => {
        for (let count = 0; ; count++) {
          const subject = `${writer}-${count}`;
          if (
            await act(database, subject).then(
              () => false,
              () => true,
            )
          )
            return;
          done.push(subject);
        }
      };
      const acting = [1, 2, 3].map(actUntilDeath);
      await until('thirty acts are done', 30_000, () => done.length >= 30);
      await service.kill('SIGKILL');
      // On PostgreSQL the writers survive the service.
      await database.close();
      await Promise.all(acting);
      const again = await startTestService({ database: test });
      const metrics = async () => (await fetch(again.metricsUrl)).text();
      const opened = await openTestDatabase(test);
      await until('all is sealed', 20_000, async () => (await opened.stores.audit.pending()) === 0 && metrics());
      await opened.database.close();
      await again.stop();
      const { stdout } = await vigie(['audit', 'export'], test.env);
      const sealed = documentsOf(stdout).map(({ subject }) => subject);
      expect(done.filter((subject) => sealed.filter((one) => one === subject).length !== 1)).toEqual([]);
      expect(await verify(test)).toMatchObject({ code: 0, whole: true });
      await test.drop();
    },
    patience,
  );
});

describe('vigie enroll without a server', () => {
  it('seals what it wrote', async () => {
    const test = await createTestDatabase();
    const enrolled = await vigie(['enroll', 'src/assets/test-image.png', '--list', 'known'], {
      ...test.env,
      VIGIE_KEY: keyOf('analyst'),
    });
    expect(enrolled.code).toBe(0);
    const { database, stores } = await openTestDatabase(test);
    const [last] = await database.query<{ act: string }>('select act from act order by id desc limit 1');
    expect(last?.act).toMatch(/^entry\./);
    expect(await stores.audit.pending()).toBe(0);
    await database.close();
    await test.drop();
  });
});
