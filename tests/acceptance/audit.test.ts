/** What somebody who controls the database, or the service, does to the audit, and who finds it: by `vigie audit verify`. */
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DerivedKeys } from '../../src/data-key.js';
import { setup } from '../../src/domain/actor.js';
import { auditPageSchema } from '../../src/http/schemas/audit.js';
import { appendAnchor } from '../../src/service/audit-anchor.js';
import { Sealer } from '../../src/service/audit-sealer.js';
import { AuditStore, appendAct } from '../../src/store/audit.js';
import type { Database } from '../../src/store/database.js';
import { documentsOf, vigie, vigieJson } from '../support/cli.js';
import { Client, expectOk, problemOf } from '../support/client.js';
import { createTestDatabase, openTestDatabase, type TestDatabase } from '../support/database.js';
import { keyOf } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const reportSchema = z.object({
  whole: z.boolean(),
  sealed: z.number(),
  anchors: z.number(),
  faults: z.number(),
  findings: z.array(
    z.object({ fault: z.string(), position: z.number().nullable(), act: z.number().nullable(), what: z.string() }),
  ),
});
type Report = z.output<typeof reportSchema>;

const anchorOf = ({ env }: TestDatabase) => join(env.VIGIE_DATA_DIR, 'audit.anchor');

async function verify({ env }: TestDatabase, ...parameters: string[]): Promise<Report & { code: number | null }> {
  const { code, stdout, stderr } = await vigie(['audit', 'verify', '--json', ...parameters], env);
  if (stdout === '') throw new Error(`verify said nothing:\n${stderr}`);
  return { code, ...reportSchema.parse(JSON.parse(stdout)) };
}

const faultsOf = ({ findings }: Report) => findings.map(({ fault, position }) => [fault, position]);

/** Appends acts, as a service that is killed before it seals them. */
async function act(database: Database, ...subjects: string[]): Promise<void> {
  for (const subject of subjects) {
    await database.transaction((tx) => appendAct(tx, { actor: setup, act: 'test.act', subject, detail: {} }));
  }
}

describe('an audit', () => {
  let test: TestDatabase;
  let service: TestService;

  beforeAll(async () => {
    test = await createTestDatabase();
    service = await startTestService({ database: test });
  });
  afterAll(async () => {
    await service.stop();
    await test.drop();
  });

  const auditor = () => new Client(service.url).as('auditor');
  const page = async (query = '') => expectOk(auditPageSchema, await auditor().call('GET', `/v1/audit${query}`));

  it('has every act of the command line, with who did it', async () => {
    const create = ['organisations', 'create', '--id', 'watched', '--name', 'Watched', '--kind', 'platform'];
    await vigieJson(create, { ...test.env, VIGIE_KEY: keyOf('operator') });
    const { items } = await page('?limit=1000');
    const actor = { via: 'setup', key: null };
    expect(items.at(-1)).toMatchObject({ act: 'organisation.create', subject: 'watched', detail: { name: 'Watched' } });
    expect(items[0]).toMatchObject({ position: 1, act: 'organisation.create', subject: 'tests', actor });
  });

  it('is whole', async () => {
    expect(await verify(test)).toMatchObject({ code: 0, whole: true, faults: 0, findings: [] });
  });

  it('is read a page at a time, each act once', async () => {
    const { items: all } = await page('?limit=1000');
    const read: number[] = [];
    for (let cursor: string | null = '0'; cursor !== null; ) {
      const { items, nextCursor } = await page(`?limit=3&cursor=${cursor}`);
      read.push(...items.map(({ position }) => position));
      cursor = nextCursor;
    }
    expect(read).toEqual(all.map(({ position }) => position));
    expect(read).toEqual(read.map((_, at) => at + 1));
  });

  it.each(['cursor=x', 'cursor=-1', 'limit=0', 'limit=1001', 'from=1'])('answers 400 to ?%s', async (query) => {
    const answer = await auditor().call('GET', `/v1/audit?${query}`);
    expect(answer.status).toBe(400);
    expect(problemOf(answer).code).toBe('bad_request');
  });

  it('holds no secret of a key', async () => {
    const { stdout } = await vigie(['audit', 'export'], test.env);
    expect(stdout).toContain('key.create');
    expect(stdout).not.toContain(keyOf('operator').split('_')[2]);
  });

  it('is exported from any position, as auditors read it', async () => {
    const { items } = await page('?limit=1000');
    const exported = async (...parameters: string[]) =>
      documentsOf((await vigie(['audit', 'export', ...parameters], test.env)).stdout);
    expect(await exported()).toEqual(items);
    expect(await exported('--from', '3')).toEqual(items.slice(2));
    expect((await vigie(['audit', 'export', '--from', 'x'], test.env)).code).toBe(2);
  });

  it('shows in the metrics how much is not sealed and how old its anchor is', async () => {
    const metrics = async () => (await fetch(service.metricsUrl)).text();
    await until('all is sealed', 10_000, async () => /^vigie_audit_unsealed 0$/m.test(await metrics()));
    expect(await metrics()).toMatch(/^vigie_audit_anchor_age_seconds \d/m);
  });

  it('is refused an anchor that is not there', async () => {
    const { code, stderr } = await vigie(['audit', 'verify', '--anchor', '/nowhere/anchor'], test.env);
    expect([code, stderr]).toEqual([2, expect.stringContaining('/nowhere/anchor')]);
  });
});

describe('a service that is stopped', () => {
  it('seals and anchors what was done, in a file that only its owner reads', async () => {
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
  });
});

describe('a service that is killed between an act and its seal', () => {
  it('seals it at the next start, and nothing is lost', async () => {
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
    await until('sixty acts are done', 30_000, () => done.length >= 60);
    await service.kill('SIGKILL');
    // On PostgreSQL the writers live on: they are ended, too.
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
  });
});

describe('vigie audit verify', () => {
  let test: TestDatabase;
  let keys: DerivedKeys;

  /** Ten acts sealed and anchored; then somebody has the database to himself. */
  beforeEach(async () => {
    test = await createTestDatabase();
    const secret = Buffer.alloc(32, 5);
    await writeFile(join(test.env.VIGIE_DATA_DIR, 'secret.key'), secret.toString('hex'));
    keys = new DerivedKeys(secret);
    await tamper(async (database) => {
      await database.query('delete from act');
      await database.query('delete from act_pending');
      await act(database, ...'abcdefghij');
      await seal(database);
    });
    return () => test.drop();
  });

  async function tamper(work: (database: Database) => Promise<unknown>): Promise<void> {
    const { database } = await openTestDatabase(test);
    await work(database);
    await database.close();
  }

  /** As the service does. */
  async function seal(database: Database, key = keys.derive('audit')): Promise<void> {
    const audit = new AuditStore(database);
    await new Sealer(audit, key).seal();
    const head = await audit.head();
    if (head) await appendAnchor(anchorOf(test), head, new Date());
  }

  /** Takes seals away, and has the acts wait for new ones. */
  const unseal = (database: Database, from: number) =>
    database.query(
      `with gone as (delete from act_seal where position >= ${from} returning act)
       insert into act_pending select act from gone where exists (select from act where id = gone.act)`,
    );

  it('finds nothing where nothing was done', async () => {
    expect(await verify(test)).toMatchObject({ code: 0, whole: true, sealed: 10, anchors: 1 });
  });

  it('names an act whose text was edited', async () => {
    await tamper((database) => database.query("update act set subject = 'x' where subject = 'd'"));
    const report = await verify(test);
    expect([report.code, faultsOf(report)]).toEqual([1, [['altered', 4]]]);
  });

  it('names an act that was removed', async () => {
    await tamper((database) => database.query("delete from act where subject = 'd'"));
    const report = await verify(test);
    expect([report.code, faultsOf(report)]).toEqual([1, [['removed', 4]]]);
    const { stdout } = await vigie(['audit', 'verify'], test.env);
    expect(stdout).toMatch(/^act \d+, position 4, was removed\nchecked 10 sealed acts against 1 anchors: 1 faults\n$/);
  });

  it('names the place of an act that was removed with its seal', async () => {
    await tamper(async (database) => {
      await database.query("delete from act where subject = 'd'");
      await database.query('delete from act_seal where position = 4');
    });
    expect(faultsOf(await verify(test))).toEqual([['missing', 4]]);
  });

  it('names two acts that changed places', async () => {
    await tamper((database) =>
      database.query(`update act set subject = case subject when 'b' then 'h' else 'b' end where subject in ('b', 'h')`),
    );
    expect(faultsOf(await verify(test))).toEqual([
      ['altered', 2],
      ['altered', 8],
    ]);
  });

  it('names what was cut off since the anchor', async () => {
    await tamper(async (database) => {
      await database.query('delete from act where id in (select act from act_seal where position >= 8)');
      await database.query('delete from act_seal where position >= 8');
    });
    const report = await verify(test);
    expect([report.code, faultsOf(report)]).toEqual([1, [['cut_off', 8]]]);
    expect(report.findings[0]?.what).toContain('positions 8 to 10 were cut off');
  });

  it('finds a cut-off end by a copy of the anchor, where the anchor was removed, too', async () => {
    const copy = join(test.env.VIGIE_DATA_DIR, 'elsewhere');
    await copyFile(anchorOf(test), copy);
    await writeFile(anchorOf(test), '');
    await tamper(async (database) => {
      await database.query('delete from act where id in (select act from act_seal where position >= 8)');
      await database.query('delete from act_seal where position >= 8');
    });
    expect(await verify(test)).toMatchObject({ code: 0, anchors: 0 });
    expect(faultsOf(await verify(test, '--anchor', copy))).toEqual([['cut_off', 8]]);
  });

  it('finds a chain made anew by somebody without the key', async () => {
    await tamper(async (database) => {
      await database.query("update act set subject = 'x' where subject = 'a'");
      await unseal(database, 1);
      await new Sealer(new AuditStore(database), Buffer.alloc(32, 9)).seal();
    });
    const report = await verify(test);
    expect(report.code).toBe(1);
    const altered = report.findings.filter(({ fault }) => fault === 'altered').map(({ position }) => position);
    expect(altered).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('finds a chain cut off and sealed again by the service itself, once it was anchored', async () => {
    await tamper(async (database) => {
      await database.query("delete from act where subject = 'i'");
      await unseal(database, 9);
      await act(database, 'k', 'l');
      await seal(database);
    });
    const report = await verify(test);
    expect([report.code, faultsOf(report)]).toEqual([1, [['rechained', 10]]]);
  });

  it('is told of by the log of the next start', async () => {
    await tamper(async (database) => {
      await database.query("delete from act where subject = 'i'");
      await unseal(database, 9);
    });
    const service = await startTestService({ database: test });
    await service.stop();
    expect(service.log.map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/no longer holds what was anchored/));
  });

  it('names an act that nobody sealed for minutes', async () => {
    await tamper((database) =>
      database.query(
        "insert into act (via, act, subject, detail, at) values ('system', 'x', 'y', '{}', now() - interval '1 hour')",
      ),
    );
    const report = await verify(test);
    expect([report.code, faultsOf(report)]).toEqual([1, [['unsealed', null]]]);
  });

  it('is whole again after a restore, and goes on from there', async () => {
    const file = join(test.env.VIGIE_DATA_DIR, 'backup');
    await vigieJson(['backup', file], test.env);
    const target = await createTestDatabase({ empty: true });
    const env = { ...target.env, VIGIE_DATA_KEY: '05'.repeat(32) };
    await vigieJson(['restore', file], env);
    await vigieJson(['organisations', 'create', '--id', 'more', '--name', 'More', '--kind', 'police'], env);
    expect(await verify({ ...target, env })).toMatchObject({ code: 0, whole: true, sealed: 12 });
    const { code, stderr } = await vigie(['audit', 'verify'], { ...target.env, VIGIE_DATA_KEY: '06'.repeat(32) });
    expect([code, stderr]).toEqual([1, expect.stringContaining('a restored backup needs the key it was written under')]);
    await target.drop();
  });

  it('is of no use with another data key: a restore refuses that, and leaves the database empty for the right one', async () => {
    const file = join(test.env.VIGIE_DATA_DIR, 'backup');
    await vigieJson(['backup', file], test.env);
    const target = await createTestDatabase({ empty: true });
    const { code, stderr } = await vigie(['restore', file], target.env);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/another data key.*secret\.key/)]);
    await copyFile(join(test.env.VIGIE_DATA_DIR, 'secret.key'), join(target.env.VIGIE_DATA_DIR, 'secret.key'));
    await vigieJson(['restore', file], target.env);
    await target.drop();
  });
});
