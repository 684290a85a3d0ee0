import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeStore } from '../../src/store/changes.js';
import { onPostgres } from '../support/database.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database } = await openOwnDatabase();
const changes = new ChangeStore(database);
const weekMs = 7 * 86_400_000;

beforeEach(async () => {
  await database.query('delete from change');
  await database.query("update feed set pruned_xid = '0'");
});

async function write(subject: string, ageMs = 0): Promise<void> {
  const insert = `insert into change (kind, subject, at)
    values ('entry', $1, clock_timestamp() - $2 * interval '1 millisecond')`;
  await database.query(insert, [subject, ageMs]);
}

/** Waits until no transaction of any database on the server is older than the changes so far. */
async function settled(): Promise<void> {
  const select = 'select pg_snapshot_xmin(pg_current_snapshot()) > coalesce(max(xid), $1) as past from change';
  await vi.waitFor(async () => expect(await database.query(select, ['0'])).toEqual([{ past: true }]), { timeout: 20_000 });
}

async function left(): Promise<string[]> {
  const rows = await database.query<{ subject: string }>('select subject from change order by id');
  return rows.map(({ subject }) => subject);
}

function readingsOf(plan: unknown, table: string): string[] {
  if (typeof plan !== 'object' || plan === null) return [];
  const node = plan as Readonly<Record<string, unknown>>;
  const index = node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`;
  const own = node['Relation Name'] === table ? [`${node['Node Type']}${index}`] : [];
  return [...own, ...Object.values(node).flatMap((child) => readingsOf(child, table))];
}

describe('prune', () => {
  it('deletes changes older than the age and keeps the others', async () => {
    await write('old', weekMs + 60_000);
    await write('older', weekMs * 2);
    await write('young', weekMs - 60_000);
    await settled();
    expect([await changes.prune(weekMs), await left()]).toEqual([2, ['young']]);
  });

  it('deletes nothing if no change is old enough', async () => {
    await write('young');
    await settled();
    expect([await changes.prune(weekMs), await left()]).toEqual([0, ['young']]);
  });

  it('deletes many changes in several small statements', async () => {
    await database.query(`insert into change (kind, subject, at)
      select 'entry', n::text, clock_timestamp() - interval '8 days' from generate_series(1, 4500) n`);
    await settled();
    const counts = [];
    for (let count = -1; count !== 0; counts.push(count)) count = await changes.prune(weekMs);
    expect(counts).toEqual([2_000, 2_000, 500, 0]);
  });

  it('reads the primary key and only the rows that it deletes', async () => {
    await database.query(`insert into change (kind, subject) select 'entry', n::text from generate_series(1, 20000) n`);
    await database.query('analyze change');
    const sent: string[] = [];
    const spy = vi.spyOn(database, 'query').mockImplementation(async (sql) => {
      sent.push(sql);
      return [];
    });
    await changes.prune(weekMs);
    spy.mockRestore();
    const plan = await database.query(`explain (format json) ${sent[0]}`, [weekMs, 2_000]);
    expect(readingsOf(plan, 'change').toSorted()).toEqual(['Index Scan using change_pkey', 'ModifyTable', 'Tid Scan']);
  });
});

describe('a position', () => {
  it('that has seen all pruned changes is still valid', async () => {
    await write('old', weekMs * 2);
    await settled();
    const { position } = await changes.now();
    await changes.prune(weekMs);
    expect((await changes.since(position)).pruned).toBe(false);
  });

  it('from before a pruned change is reported as pruned', async () => {
    const { position } = await changes.now();
    await write('old', weekMs * 2);
    await settled();
    await changes.prune(weekMs);
    expect(await changes.since(position)).toMatchObject({ pruned: true, changes: [] });
  });

  it('is not affected by changes that another cluster pruned', async () => {
    const { position } = await changes.now();
    await database.query("update feed set pruned_xid = '999999999999'");
    expect((await changes.since(position)).pruned).toBe(false);
  });
});

describe('changedAfter', () => {
  it('returns exactly the entries that changed after a snapshot', async () => {
    await write('a');
    const { position } = await changes.now();
    await write('b');
    await write('c');
    expect([...(await changes.changedAfter(position.snapshot, ['a', 'b', 'x']))]).toEqual(['b']);
  });
});

if (!onPostgres) process.stderr.write('skipping pruning beside open transactions: the embedded database has one session\n');

describe.skipIf(!onPostgres)('prune with an open transaction', () => {
  let end = async () => {};
  afterEach(() => end());

  it('keeps changes that were written after it began', async () => {
    const client = await database.pool.connect();
    end = async () => {
      await client.query('rollback');
      client.release();
    };
    await write('before', weekMs * 2);
    await settled();
    await client.query('begin');
    await client.query("insert into change (kind, subject) values ('entry', 'open')");
    await write('since', weekMs * 2);
    expect([await changes.prune(weekMs), await left()]).toEqual([1, ['since']]);
  });
});
