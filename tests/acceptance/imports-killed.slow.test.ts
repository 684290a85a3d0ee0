/** `vigie import` that dies or is interrupted, and one beside a server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { vigieJson } from '../support/cli.js';
import { Client } from '../support/client.js';
import { createTestDatabase, openTestDatabase, type TestDatabase } from '../support/database.js';
import { hashNamed, vigieFile } from '../support/import-files.js';
import { childEnv, startTestService } from '../support/service.js';
import { until } from '../support/until.js';

const records = 8_000;
const patience = 150_000;
let folder = '';
let database: TestDatabase;
const file = () => join(folder, 'large.ndjson');
const importing = (path: string) => ['import', path, '--list', 'known', '--source', 'killed'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-killed-'));
  await writeFile(file(), vigieFile(Array.from({ length: records }, (_, id) => ({ id: `large ${id}` }))));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await createTestDatabase();
  return () => database.drop();
});

function begin(): ChildProcess {
  const env = childEnv({ VIGIE_IMAGING_PROCESSES: '1', ...database.env });
  return spawn(process.execPath, [join(packageRoot(), 'dist/src/cli.js'), ...importing(file())], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

const reading = "state = 'reading' and exists (select from import_record r where r.import = import.id)";
const promoting = "state = 'promoting'";

/** Ends the process with `signal` as soon as its import is `where`. Returns the exit code. */
async function endAt(where: string, signal: NodeJS.Signals): Promise<unknown> {
  const child = begin();
  const exited = once(child, 'exit');
  const { database: opened } = await openTestDatabase(database);
  await until('the import is there', 60_000, async () => (await opened.query(`select id from import where ${where}`)).length > 0);
  child.kill(signal);
  const [code] = await exited;
  // The killed process may have served this connection.
  await opened.close().catch(() => {});
  return code;
}

async function left(): Promise<Record<string, number>> {
  const { database: opened } = await openTestDatabase(database);
  const [row] = await opened.query<Record<string, number>>(`
    select (select count(*)::int from import_record) as staged,
      (select count(*)::int from import where state in ('reading', 'promoting')) as open,
      (select count(*)::int from entry where status <> 'withdrawn') as entries,
      (select count(*)::int from claim where ended_at is null) as claims,
      (select count(distinct entry)::int from hash) as hashed`);
  await opened.close();
  return row ?? {};
}

const whole = { staged: 0, open: 0, entries: records, claims: records, hashed: records };

describe('a `vigie import` that is killed', () => {
  it.each([
    ['reads', reading],
    ['promotes', promoting],
  ])(
    'while it %s leaves nothing half after the next one, which succeeds',
    async (_what, where) => {
      await endAt(where, 'SIGKILL');
      const again = await vigieJson(importing(file()), database.env);
      expect(again).toMatchObject({ state: 'promoted', report: { records } });
      expect(await left()).toEqual(whole);
    },
    patience,
  );
});

it(
  'a `vigie import` that is interrupted while it reads ends with 1, and nothing is left',
  async () => {
    expect(await endAt(reading, 'SIGINT')).toBe(1);
    expect(await left()).toEqual({ staged: 0, open: 0, entries: 0, claims: 0, hashed: 0 });
  },
  patience,
);

it('a server matches within seconds what `vigie import` brings beside it', async () => {
  const service = await startTestService({ database });
  const small = join(folder, 'small.ndjson');
  await writeFile(small, vigieFile([{ id: 'beside' }]));
  await vigieJson(importing(small), database.env);
  const client = new Client(service.url);
  const found = () => client.matchHashes({ sha256: hashNamed('sha256', 'beside') });
  await until('the server finds the new entry', 5_000, async () => (await found()).verdict === 'remove');
  expect((await found()).matches).toHaveLength(1);
  await service.stop();
});
