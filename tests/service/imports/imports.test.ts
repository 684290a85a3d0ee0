import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.js';
import { setup } from '../../../src/domain/actor.js';
import { emptyReport, type ImportState } from '../../../src/domain/import.js';
import { type Service, startService } from '../../../src/main.js';
import { ImportQueue } from '../../../src/service/imports/import-queue.js';
import { ImportStore } from '../../../src/store/imports.js';
import { createTestDatabase, onPostgres, type TestDatabase } from '../../support/database.js';
import { hashNamed, vigieFile } from '../../support/import-files.js';

const log = pino({ level: 'silent' });
/** No process has this number. */
const deadPid = 999_999_999;
const deadWorker = `${hostname()}:${deadPid}:abcdef01`;
let folder = '';
let test: TestDatabase;
let service: Service;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-imports-'));
  test = await createTestDatabase();
  const config = loadConfig({ VIGIE_IMAGING_PROCESSES: '1', ...test.env });
  service = await startService({ config, log, command: 'vitest', exclusive: true });
});

afterAll(async () => {
  await service.close();
  await test.drop();
  await rm(folder, { recursive: true });
});

async function fileOf(name: string, records: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, vigieFile(Array.from({ length: records }, (_, at) => ({ id: `${name} ${at}` }))));
  return path;
}

async function rowsOf(tables: readonly string[]): Promise<unknown> {
  const rows = tables.map((table) => service.database.query(`select row_to_json(t)::text as row from ${table} t order by 1`));
  return Promise.all(rows);
}

const stagedRows = async () => (await service.database.query('select from import_record')).length;

/** An import of a process that died. */
async function abandoned(state: ImportState): Promise<string> {
  const store = new ImportStore(service.database);
  const id = randomUUID();
  const given = { id, list: 'known', source: id, file: 'f', replaces: false, dry: false, worker: deadWorker };
  await store.begin(given, setup, emptyReport);
  const hex = hashNamed('sha256', id);
  const rest = { peopleRequired: 0, sourceCodes: [], series: null, synthetic: false, provenance: {}, facts: {} };
  const hashes = { algorithms: ['sha256'], variants: ['full'], hexes: [hex], qualities: [null], marks: [] };
  const said = { class: null, status: 'verified', expiresAt: null, quality: null } as const;
  await store.stage(id, [{ number: 1, entry: randomUUID(), sourceId: '1', identity: hex, ...said, ...rest, ...hashes }]);
  if (state !== 'reading') await store.moveTo(id, state, { ...emptyReport, records: 1, hashes: 1, new: 1 }, ['reading']);
  return id;
}

describe('an import', () => {
  it('with dryRun writes nothing', async () => {
    const tables = ['entry', 'claim', 'hash', 'change', 'act', 'entry_event', 'tombstone', 'import_record'];
    const before = await rowsOf(tables);
    const path = await fileOf('dry', 3);
    const done = await service.imports.run(
      setup,
      { list: 'known', path, file: 'dry', dryRun: true },
      new AbortController().signal,
    );
    expect([done.state, done.report.new]).toEqual(['checked', 3]);
    expect(await rowsOf(tables)).toEqual(before);
  });

  it('that is interrupted is cancelled, and nothing is left', async () => {
    const stop = new AbortController();
    const path = await fileOf('interrupted', 20_000);
    const done = await service.imports.run(setup, { list: 'known', path, file: 'f' }, stop.signal, () => stop.abort());
    expect([done.state, done.failure, await stagedRows()]).toEqual(['cancelled', 'interrupted', 0]);
  });

  it('of the same file twice at once lists its content once', async () => {
    const path = await fileOf('twice', 50);
    const run = () =>
      service.imports.run(setup, { list: 'known', path, file: 'f', source: 'twice' }, new AbortController().signal);
    const states = (await Promise.all([run(), run()])).map(({ state }) => state);
    expect(states).toContain('promoted');
    const orphans = await service.database.query(`
      select from entry e where e.status <> 'withdrawn' and not exists (select from claim c where c.entry = e.id and c.ended_at is null)`);
    const claims = await service.database.query("select from claim where source = 'twice' and ended_at is null");
    expect([orphans.length, claims.length]).toEqual([0, 50]);
  });
});

describe('tidying', () => {
  it('ends an import whose process died while it read', async () => {
    const id = await abandoned('reading');
    await service.imports.tidy();
    const [row] = await service.database.query('select state, failure from import where id = $1', [id]);
    expect(row).toEqual({ state: 'failed', failure: expect.stringContaining('its process ended') });
    expect(await stagedRows()).toBe(0);
  });

  it(`${onPostgres ? 'ends' : 'finishes'} an import whose process died while it promoted`, async () => {
    const id = await abandoned('promoting');
    await service.imports.tidy();
    const [row] = await service.database.query('select state from import where id = $1', [id]);
    const entries = await service.database.query("select from entry where encode(identity, 'hex') = $1", [
      hashNamed('sha256', id),
    ]);
    expect([row?.state, entries.length, await stagedRows()]).toEqual(onPostgres ? ['failed', 0, 0] : ['promoted', 1, 0]);
  });

  it('leaves an import that waits for a person, for three days', async () => {
    const id = await abandoned('waiting');
    await service.imports.tidy();
    expect(await stagedRows()).toBe(1);
    await service.database.query("update import set heard_at = now() - interval '4 days' where id = $1", [id]);
    await service.imports.tidy();
    const [row] = await service.database.query('select state from import where id = $1', [id]);
    expect([row?.state, await stagedRows()]).toEqual(['cancelled', 0]);
  });

  it.skipIf(onPostgres)('goes on although one import cannot be finished', async () => {
    const stuck = await abandoned('promoting');
    await service.database.query("update import_record set algorithms = '{md4}' where import = $1", [stuck]);
    const id = await abandoned('reading');
    await service.imports.tidy();
    const [row] = await service.database.query('select state from import where id = $1', [id]);
    expect(row).toEqual({ state: 'failed' });
    await service.database.query('delete from import where id = $1', [stuck]);
    await service.database.query('delete from import_record');
  });

  it('deletes the uploads of dead processes, also of one with the number of this process, and keeps its own', async () => {
    const uploads = join(folder, 'uploads');
    await mkdir(uploads);
    const queue = new ImportQueue(service.imports, uploads, log);
    const own = queue.newPath();
    const left = [join(uploads, `${deadPid}-abcdef01-1`), join(uploads, `${process.pid}-abcdef01-1`)];
    await Promise.all([own, ...left].map((path) => writeFile(path, 'x')));
    await queue.tidy();
    expect((await readdir(uploads)).map((name) => join(uploads, name))).toEqual([own]);
  });
});

describe('a queue of imports', () => {
  it('deletes the file of an import that is over, and ends with it', async () => {
    const queue = new ImportQueue(service.imports, folder, log);
    const path = await fileOf('queued', 1);
    const id = await queue.start(setup, { list: 'known', path, file: 'queued' });
    await queue.close();
    const [row] = await service.database.query('select ended_at is not null as ended from import where id = $1', [id]);
    expect([existsSync(path), row]).toEqual([false, { ended: true }]);
  });

  it('has no room for a third upload', async () => {
    const queue = new ImportQueue(service.imports, folder, log);
    const ends: (() => void)[] = [];
    const upload = () => new Promise<void>((resolve) => ends.push(resolve));
    const open = [queue.receive(upload), queue.receive(upload)];
    await expect(queue.receive(upload)).rejects.toMatchObject({ code: 'overloaded' });
    for (const end of ends) end();
    await Promise.all(open);
    expect(() => queue.assertRoom()).not.toThrow();
  });
});
