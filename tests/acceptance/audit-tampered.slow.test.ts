import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DerivedKeys } from '../../src/data-key.js';
import { appendAnchor } from '../../src/service/audit-log/anchor.js';
import { Sealer } from '../../src/service/audit-log/sealer.js';
import { AuditStore } from '../../src/store/audit.js';
import type { Database } from '../../src/store/database.js';
import { act, anchorOf, faultsOf, verify } from '../support/audit.js';
import { vigie, vigieJson } from '../support/cli.js';
import { createTestDatabase, openTestDatabase, type TestDatabase } from '../support/database.js';

describe('vigie audit verify', () => {
  let test: TestDatabase;
  let keys: DerivedKeys;
  let opened: Awaited<ReturnType<typeof openTestDatabase>>;

  beforeAll(async () => {
    test = await createTestDatabase();
    const secret = Buffer.alloc(32, 5);
    await writeFile(join(test.env.VIGIE_DATA_DIR, 'secret.key'), secret.toString('hex'));
    keys = new DerivedKeys(secret);
    opened = await openTestDatabase(test);
  });
  afterAll(async () => {
    await opened.database.close();
    await test.drop();
  });

  /** Ten acts, sealed and anchored. */
  beforeEach(() =>
    tamper(async (database) => {
      for (const table of ['act', 'act_pending', 'act_seal']) await database.query(`delete from ${table}`);
      await rm(anchorOf(test), { force: true });
      await act(database, ...'abcdefghij');
      await seal(database);
    }),
  );

  const tamper = (work: (database: Database) => Promise<unknown>) => work(opened.database);

  async function seal(database: Database, key = keys.derive('audit')): Promise<void> {
    const audit = new AuditStore(database);
    await new Sealer(audit, key).seal();
    const head = await audit.head();
    if (head) await appendAnchor(anchorOf(test), head, new Date());
  }

  const unseal = (database: Database, from: number) =>
    database.query(
      `with gone as (delete from act_seal where position >= ${from} returning act)
       insert into act_pending select act from gone where exists (select from act where id = gone.act)`,
    );

  it('finds nothing when nothing was changed', async () => {
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
    expect(stdout).toMatch(/^act \d+, position 4, was removed\nchecked 10 sealed acts against 1 anchor: 1 fault\n$/);
  });

  it('names the position of an act that was removed with its seal', async () => {
    await tamper(async (database) => {
      await database.query("delete from act where subject = 'd'");
      await database.query('delete from act_seal where position = 4');
    });
    expect(faultsOf(await verify(test))).toEqual([['missing', 4]]);
  });

  it('names two acts that were swapped', async () => {
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

  it('finds a cut-off end with a copy of the anchor when the anchor was removed as well', async () => {
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

  it('finds a chain that somebody without the key has built again', async () => {
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

  it('finds an anchored chain that the service itself has cut off and sealed again', async () => {
    await tamper(async (database) => {
      await database.query("delete from act where subject = 'i'");
      await unseal(database, 9);
      await act(database, 'k', 'l');
      await seal(database);
    });
    const report = await verify(test);
    expect([report.code, faultsOf(report)]).toEqual([1, [['rechained', 10]]]);
  });

  it('names an act that has been unsealed for an hour', async () => {
    await tamper((database) =>
      database.query(
        "insert into act (via, act, subject, detail, at) values ('system', 'x', 'y', '{}', now() - interval '1 hour')",
      ),
    );
    const report = await verify(test);
    expect([report.code, faultsOf(report)]).toEqual([1, [['unsealed', null]]]);
  });

  it('finds the log whole after a restore, and the log continues', async () => {
    const file = join(test.env.VIGIE_DATA_DIR, 'backup');
    await vigieJson(['backup', file], test.env);
    const target = await createTestDatabase({ empty: true });
    // Otherwise each command starts the database.
    const host = await openTestDatabase(target);
    const env = { ...target.env, VIGIE_DATA_KEY: '05'.repeat(32) };
    await vigieJson(['restore', file, '--without-withdrawals'], env);
    await vigieJson(['organisations', 'create', '--id', 'more', '--name', 'More', '--kind', 'police'], env);
    expect(await verify({ ...target, env })).toMatchObject({ code: 0, whole: true, sealed: 12 });
    const { code, stderr } = await vigie(['audit', 'verify'], { ...target.env, VIGIE_DATA_KEY: '06'.repeat(32) });
    expect([code, stderr]).toEqual([1, expect.stringContaining('A restored backup needs the data key it was written with')]);
    await host.database.close();
    await target.drop();
  });

  it('needs the data key of the backup: a restore with another key is refused and leaves the database empty', async () => {
    const file = join(test.env.VIGIE_DATA_DIR, 'backup');
    await vigieJson(['backup', file], test.env);
    const target = await createTestDatabase({ empty: true });
    // Otherwise each command starts the database.
    const host = await openTestDatabase(target);
    const { code, stderr } = await vigie(['restore', file, '--without-withdrawals'], target.env);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/another data key.*secret\.key/)]);
    await copyFile(join(test.env.VIGIE_DATA_DIR, 'secret.key'), join(target.env.VIGIE_DATA_DIR, 'secret.key'));
    await vigieJson(['restore', file, '--without-withdrawals'], target.env);
    await host.database.close();
    await target.drop();
  });
});
