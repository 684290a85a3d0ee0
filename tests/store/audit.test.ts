import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import type { Act } from '../../src/domain/audit-act.js';
import { Sealer } from '../../src/service/audit-log/sealer.js';
import { checkAudit } from '../../src/service/audit-log/verification.js';
import { AuditStore, appendAct } from '../../src/store/audit.js';
import { onPostgres, openTestDatabase } from '../support/database.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database, test } = await openOwnDatabase();
const audit = new AuditStore(database);
const key = new Uint8Array(32).fill(3);
const sealer = new Sealer(audit, key);

const actOf = (subject: string, detail: Act['detail'] = {}): Act => ({ actor: setup, act: 'test.act', subject, detail });
const append = (subject: string, detail?: Act['detail']) => database.transaction((tx) => appendAct(tx, actOf(subject, detail)));
const check = () => checkAudit(audit, key, { anchors: [], unreadable: [] });

async function subjects(): Promise<(string | undefined)[]> {
  const all: (string | undefined)[] = [];
  for await (const page of audit.pages()) all.push(...page.map(({ act }) => act?.subject));
  return all;
}

describe('an act', () => {
  it('is recorded with its actor, time and subject', async () => {
    const actor = { person: 4, organisation: 'tests', key: 'testoperator', via: 'key' } as const;
    await database.transaction((tx) =>
      appendAct(tx, { actor, act: 'list.create', subject: 'a', detail: { why: 'é€😀', count: 2 } }),
    );
    await sealer.seal();
    const act = (await audit.page(0, 1_000)).at(-1)?.act;
    expect(act).toMatchObject({
      person: 4,
      organisation: 'tests',
      key: 'testoperator',
      via: 'key',
      act: 'list.create',
      subject: 'a',
    });
    expect(JSON.parse(act?.detail ?? '')).toEqual({ why: 'é€😀', count: 2 });
    expect(Math.abs(Number(act?.micros) / 1_000 - Date.now())).toBeLessThan(60_000);
  });

  it('is absent when its transaction rolls back', async () => {
    await expect(
      database.transaction(async (tx) => {
        await appendAct(tx, actOf('undone'));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await sealer.seal();
    expect(await subjects()).not.toContain('undone');
    expect(await audit.pending()).toBe(0);
  });

  it('accepts a reason with characters that PostgreSQL refuses', async () => {
    await append('odd', { reason: 'half \ud83d and \0 nothing' });
    await sealer.seal();
    const act = (await audit.page(0, 1_000)).at(-1)?.act;
    expect(JSON.parse(act?.detail ?? '')).toEqual({ reason: 'half \uFFFD and \uFFFD nothing' });
  });
});

describe('sealing', () => {
  it('chains committed acts in order, each once', async () => {
    for (const subject of ['a', 'b', 'c']) await append(subject);
    expect([await sealer.seal(), await sealer.seal()]).toEqual([3, 0]);
    expect((await subjects()).slice(-3)).toEqual(['a', 'b', 'c']);
    expect(await check()).toMatchObject({ faults: 0 });
  });

  it('seals more acts than fit in one transaction', async () => {
    await database.query(`
      with appended as (insert into act (via, act, subject, detail) select 'system', 'bulk', n::text, '{}' from generate_series(1, 1201) n returning id)
      insert into act_pending select id from appended`);
    expect(await sealer.seal()).toBe(1_201);
    expect(await check()).toMatchObject({ faults: 0 });
  });

  it('leaves no gap and no unsealed act when many write and two seal at once', async () => {
    const other = await openTestDatabase(test);
    const sealers = [sealer, new Sealer(other.stores.audit, key)];
    const before = (await audit.head())?.position ?? 0;
    let writing = true;
    const sealUntilDone = async (one: Sealer) => {
      while (writing) await one.seal();
    };
    const sealing = sealers.map(sealUntilDone);
    const write = async (writer: number) => {
      for (let count = 0; count < 40; count++) await append(`${writer}-${count}`);
    };
    await Promise.all(Array.from({ length: 6 }, (_, writer) => write(writer)));
    writing = false;
    await Promise.all(sealing);
    await sealer.seal();
    const written = (await subjects()).slice(before);
    expect([written.length, new Set(written).size]).toEqual([240, 240]);
    for (let writer = 0; writer < 6; writer++) {
      const own = written.filter((subject) => subject?.startsWith(`${writer}-`));
      expect(own).toEqual(Array.from({ length: 40 }, (_, count) => `${writer}-${count}`));
    }
    expect(await check()).toMatchObject({ faults: 0 });
    await other.database.close();
  });

  it.skipIf(!onPostgres)('gives an act that commits late a later position, without waiting for it', async () => {
    const late = await database.pool.connect();
    await late.query('begin');
    const inLate = {
      query: async (sql: string, parameters: readonly unknown[] = []) => (await late.query(sql, [...parameters])).rows,
    };
    await appendAct(inLate, actOf('late'));
    await append('early');
    expect(await sealer.seal()).toBe(1);
    await late.query('commit');
    late.release();
    expect(await sealer.seal()).toBe(1);
    expect((await subjects()).slice(-2)).toEqual(['early', 'late']);
    expect(await check()).toMatchObject({ faults: 0 });
  });
});

describe('checkAudit', () => {
  it('reports an unsealed act that is older than five minutes', async () => {
    await append('fresh');
    expect(await check()).toMatchObject({ faults: 0 });
    const insert = `insert into act (via, act, subject, detail, at) values ('system', 'x', 'forged', '{}', now() + $1::interval) returning id::int`;
    const ids: unknown[] = [];
    for (const when of ['-6 minutes', '1 year']) ids.push((await database.query(insert, [when]))[0]?.id);
    const { findings } = await check();
    expect(findings.map(({ fault, act }) => [fault, act])).toEqual(ids.map((id) => ['unsealed', id]));
    await database.query('delete from act where id = any($1)', [ids]);
  });

  it('lists at most a hundred findings and counts the rest', async () => {
    await sealer.seal();
    const links = (await audit.head())?.position ?? 0;
    const report = await checkAudit(audit, new Uint8Array(32), { anchors: [], unreadable: [] });
    expect([report.faults, report.findings.length, report.sealed]).toEqual([links, 100, links]);
  });

  it('accepts a time outside the calendar', async () => {
    await append('timeless');
    await sealer.seal();
    const { position } = (await audit.head()) ?? { position: 0 };
    await database.query("update act set at = 'infinity' where subject = 'timeless'");
    expect((await check()).findings).toMatchObject([{ fault: 'altered', position }]);
  });
});
