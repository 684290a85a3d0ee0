import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { confirm } from '../../src/domain/entry-lifecycle.js';
import { emptyReport } from '../../src/domain/import.js';
import { Sealer } from '../../src/service/audit-log/sealer.js';
import { BackupError, backup, restore } from '../../src/store/backup.js';
import { bindToKey } from '../../src/store/data-key-binding.js';
import type { Database } from '../../src/store/database.js';
import { withEmbeddedCopy } from '../../src/store/embedded-copy.js';
import { applyTransition, replaceWithTombstone } from '../../src/store/entry-review.js';
import { ImportStore } from '../../src/store/imports.js';
import { openDatabase } from '../../src/store/open.js';
import { VerdictStore } from '../../src/store/verdicts.js';
import { onPostgres } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf } from '../support/own-database.js';
import { until } from '../support/until.js';

const source = await openOwnDatabase();
const target = await openOwnDatabase({ empty: true });
const random = randomFrom(41);
const fingerprint = new Uint8Array(32).fill(5);
const tables = [
  'installation',
  'organisation',
  'person',
  'api_key',
  'hash_list',
  'list_grant',
  'list_version',
  'exchange',
  'entry',
  'claim',
  'confirmation',
  'entry_event',
  'hash',
  'tombstone',
  'tombstone_mark',
  'verdict',
  'feedback',
  'exchange_feedback',
  'demand',
  'job_run',
  'act',
  'act_pending',
  'act_seal',
];

/** Fills every table, and deletes the hash with the highest ordinal. */
async function fill(): Promise<number> {
  const { database, stores } = source;
  expect(await bindToKey(database, fingerprint)).toBe(true);
  await new Sealer(stores.audit, new Uint8Array(32).fill(6)).seal();
  const secretSha256 = new Uint8Array(32).fill(9);
  const key = { id: 'backup000001', organisation: 'tests', role: 'analyst', person: 'Ada', secretSha256 } as const;
  await stores.keys.create({ ...key, expiresAt: new Date('2030-01-01T00:00:00Z') }, setup, true);
  const hashes = [
    pdqHash(randomHash(random), { variant: 'crop_092', quality: null }),
    pdqHash(randomHash(random), { algorithm: 'blockhash' }),
    pdqHash('0f'.repeat(16), { algorithm: 'md5', quality: null }),
  ];
  const actor = { ...setup, key: key.id, organisation: 'tests' };
  const provenance = { unit: 'a "unit"\\ of\nmany', reference: 'é€😀' };
  const first = await stores.entries.create(newEntryOf(hashes, { provenance, quality: 61 }), actor);
  const uuid = uuidOf(first?.entry.id ?? '');
  const [person] = await database.query<{ id: number }>("select id from person where name = 'Ada'");
  const confirmer = { ...actor, person: person?.id ?? 0, organisation: 'tests', via: 'key' } as const;
  await stores.entryReview.change(uuid, confirmer, null, (change) => applyTransition(change, confirm(change.locked, confirmer)));
  await stores.entryReview.change(uuid, setup, 'a mistake', (change) =>
    replaceWithTombstone(change, 'withdraw', () => ({
      sealed: Buffer.from('sealed'),
      marks: [new Uint8Array(32).fill(3)],
    })),
  );
  // A backup leaves them out.
  const begun = { id: randomUUID(), list: 'known', source: 's', file: 'f', replaces: false, dry: false, worker: 'w' };
  await new ImportStore(database).begin(begun, setup, emptyReport);
  // More rows than one page.
  await stores.entries.createMany(
    Array.from({ length: 2_100 }, () => newEntryOf([pdqHash('ab'.repeat(32), { algorithm: 'sha256' })])),
    setup,
  );
  const record = { requestId: 'r1', key: key.id, organisation: 'tests', reason: null, indexVersion: '7', answeredAt: new Date() };
  await new VerdictStore(database).append([
    { ...record, verdict: 'remove', matches: [], removal: null, evidence: [], policy: {} },
  ]);
  await database.query(`
    insert into exchange (id, kind, list, base_url, credentials, every_seconds)
    values ('x', 'ncmec', 'known', 'https://example.org', '\\x00', 300)`);
  const feedback = { requestId: 'r1', organisation: 'tests', entry: uuid, algorithm: 'md5' } as const;
  await stores.feedback.put({ ...feedback, outcome: 'confirmed', reason: null }, ['ncmec']);
  await database.query("insert into exchange_feedback values ('x', '42-a', 'md5', 'confirmed', $1)", [uuid]);
  await stores.jobs.record('verdicts', new Date(), 3);
  const last = await stores.entries.create(newEntryOf([pdqHash(randomHash(random))]), setup);
  const [row] = await database.query<{ ordinal: number }>('select max(ordinal) as ordinal from hash');
  await database.query('delete from entry where id = $1', [uuidOf(last?.entry.id ?? '')]);
  return row?.ordinal ?? 0;
}

async function linesOf(database: Database): Promise<string[]> {
  const lines: string[] = [];
  await backup(database, async (line) => {
    lines.push(line);
  });
  return lines;
}

async function contentOf(database: Database): Promise<Record<string, string[]>> {
  const content: Record<string, string[]> = {};
  for (const table of tables) {
    const rows = await database.query<{ row: string }>(`select row_to_json(t)::text as row from ${table} t`);
    content[table] = rows.map(({ row }) => row).toSorted();
  }
  return content;
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

const restoreLines = (lines: readonly string[]) => restore(target.database, each(lines), () => {}, { fingerprint });
const changed = (lines: readonly string[], at: number, line: string) => lines.map((one, number) => (number === at ? line : one));

const highest = await fill();
const before = await contentOf(source.database);
const lines = await linesOf(source.database);
const header = JSON.parse(lines[0] ?? '');
const trailer = JSON.parse(lines.at(-1) ?? '');

describe('a backup', () => {
  it('has a header, one line per row, and a trailer with their number', () => {
    const rows = Object.values(before).reduce((total, table) => total + table.length, 0);
    expect([header.format, header.version, trailer.rows, lines.length]).toEqual(['vigie-backup', 1, rows, rows + 2]);
  });

  it.skipIf(!onPostgres)('is consistent while others write', async () => {
    let written = false;
    const meanwhile: string[] = [];
    await backup(source.database, async (line) => {
      if (!written) await source.stores.organisations.create({ id: 'meanwhile', name: 'Meanwhile', kind: 'police' }, setup, true);
      written = true;
      meanwhile.push(line);
    });
    await source.database.query("delete from organisation where id = 'meanwhile'");
    // Sequences belong to no transaction.
    expect(meanwhile.slice(1, -1)).toEqual(lines.slice(1, -1));
  });
});

describe.skipIf(onPostgres)('a copy of the embedded database', () => {
  const { VIGIE_DATA_DIR: dataDir } = source.test.env;
  const copies = async () => (await readdir(dataDir)).filter((name) => name.startsWith('backup-'));

  it('gives the same backup', async () => {
    expect(await withEmbeddedCopy(source.database, dataDir, linesOf)).toEqual([
      expect.stringContaining('vigie-backup'),
      ...lines.slice(1),
    ]);
  });

  it('is of one moment while others write, holds all that was committed before, and makes nobody wait', async () => {
    const { database } = source;
    await database.query('create table pair (number int, half int)');
    let over = false;
    let committed = 0;
    const writing = (async () => {
      for (; !over; committed++) {
        const number = committed;
        await database.transaction(async (tx) => {
          await tx.query('insert into pair values ($1, 1)', [number]);
          await tx.query('insert into pair values ($1, 2)', [number]);
        });
      }
    })();
    await until('pairs are written', 10_000, () => committed > 20);
    const atStart = committed;
    const found = await withEmbeddedCopy(database, dataDir, async (copy) => {
      const openedAt = committed;
      const pairs = await copy.transaction(async (tx) => {
        // The writer goes on while the copy is read.
        await until('more pairs are written', 10_000, () => committed > openedAt + 5);
        return tx.query('select number from pair group by number having count(*) = 2');
      });
      const [row] = await copy.query<{ halves: number }>('select count(*)::int as halves from pair');
      return { pairs: pairs.length, halves: row?.halves };
    });
    over = true;
    await writing;
    await database.query('drop table pair');
    expect(found.halves).toBe(found.pairs * 2);
    expect(found.pairs).toBeGreaterThanOrEqual(atStart);
  });

  it('is deleted afterwards, and so is that of a backup that was killed', async () => {
    await mkdir(join(dataDir, 'backup-999999999'));
    await withEmbeddedCopy(source.database, dataDir, async () => expect(await copies()).toEqual([`backup-${process.pid}`]));
    await withEmbeddedCopy(source.database, dataDir, () => Promise.reject(new Error('no space'))).catch(() => {});
    expect(await copies()).toEqual([]);
  });
});

describe.skipIf(onPostgres)('the start of a server', () => {
  it('deletes the copies of backups that were killed, and not that of a running one', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'vigie-copies-'));
    const left = join(dataDir, 'backup-999999999');
    const running = join(dataDir, `backup-${process.ppid}`);
    for (const copy of [left, running]) await mkdir(copy);
    const log = { info() {}, warn() {} };
    const database = await openDatabase({ databaseUrl: undefined, dataDir, command: 'test', exclusive: true, log });
    await database.close();
    expect([existsSync(left), existsSync(running)]).toEqual([false, true]);
    await rm(dataDir, { recursive: true });
  });
});

describe('restore of a damaged backup', () => {
  const [row = ''] = lines.slice(1);
  const wrong: [string, readonly string[], RegExp][] = [
    ['an empty file', [], /ends after 0 rows/],
    ['a text', ['hello'], /not a Vigie backup/],
    ['other JSON', ['{"hello": 1}'], /not a Vigie backup/],
    ['a later format', changed(lines, 0, JSON.stringify({ ...header, version: 2 })), /later version/],
    [
      'a newer schema',
      changed(lines, 0, JSON.stringify({ ...header, schema: [...header.schema, '9999_future'] })),
      /9999_future/,
    ],
    ['a backup without its trailer', lines.slice(0, -1), /ends after \d+ rows/],
    ['a backup cut within a line', [...lines.slice(0, 50), (lines[50] ?? '').slice(0, 20)], /not JSON/],
    ['a backup that lost a row', lines.toSpliced(-2, 1), /should have \d+ rows, but has \d+/],
    ['a backup with a row of an unknown table', lines.toSpliced(1, 0, '{"table":"pg_authid","row":{}}'), /unknown table/],
    ['a backup with a second header', lines.toSpliced(1, 0, lines[0] ?? ''), /unknown table/],
    ['a backup with a malformed trailer', lines.with(-1, '{"rows":"many","sequences":{}}'), /last line/],
  ];

  it.each(wrong)('refuses %s and leaves the database empty', async (_, given, message) => {
    const refusal = await restoreLines(given).catch((reason: unknown) => reason);
    expect(refusal).toBeInstanceOf(BackupError);
    expect(String(refusal)).toMatch(message);
    expect(Object.values(await contentOf(target.database)).flat()).toEqual([]);
  });

  it('leaves the database empty when a row violates a constraint', async () => {
    await expect(restoreLines(lines.toSpliced(1, 0, row))).rejects.toThrow();
    expect(Object.values(await contentOf(target.database)).flat()).toEqual([]);
  });

  it('refuses a database that is not empty', async () => {
    await expect(restore(source.database, each(lines), () => {}, { fingerprint })).rejects.toThrow(/is not empty/);
  });
});

describe('restore of a backup', () => {
  let epoch: unknown;
  const progress: number[] = [];

  it('restores every row of every table', async () => {
    epoch = await target.database.query('select epoch from feed');
    const { rows } = await restore(target.database, each(lines), (done) => progress.push(done), { fingerprint });
    expect(rows).toBe(trailer.rows);
    expect(await contentOf(target.database)).toEqual(before);
  });

  it('has no imports, whose files are gone', async () => {
    expect(await target.database.query('select from import union all select from import_record')).toEqual([]);
  });

  it('reports its progress', () => {
    expect(progress.length).toBeGreaterThan(2);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });

  it('starts a new change feed', async () => {
    expect(await target.database.query('select epoch from feed')).not.toEqual(epoch);
    expect(await target.database.query('select from change')).toEqual([]);
  });

  it('never reuses an ordinal, not even that of a deleted hash', async () => {
    await target.stores.entries.create(newEntryOf([pdqHash(randomHash(random))]), setup);
    const [row] = await target.database.query<{ ordinal: number }>('select max(ordinal) as ordinal from hash');
    expect(row?.ordinal).toBeGreaterThan(highest);
  });

  it('allows new people', async () => {
    const key = { id: 'backup000002', organisation: 'tests', role: 'analyst', secretSha256: new Uint8Array(32) } as const;
    await target.stores.keys.create({ ...key, person: 'Grace' }, setup, true);
    const people = await target.database.query<{ name: string }>(
      "select name from person where name in ('Ada', 'Grace') order by id",
    );
    expect(people.map(({ name }) => name)).toEqual(['Ada', 'Grace']);
  });
});
