import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vigie, vigieJson } from '../support/cli.js';
import { Client } from '../support/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { photograph, scene } from '../support/images.js';
import { startTestService, type TestService } from '../support/service.js';

let folder = '';
let source: TestService;
let client: Client;
let entry = '';
const databases: TestDatabase[] = [];
const backup = () => join(folder, 'whole.backup');
const query = async () => (await scene(1)).rotate(90).jpeg({ quality: 60 }).toBuffer();

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({ empty: true });
  databases.push(database);
  // What it takes beside a backup: the data key it was written under.
  await copyFile(join(source.database.env.VIGIE_DATA_DIR, 'secret.key'), join(database.env.VIGIE_DATA_DIR, 'secret.key'));
  return database;
}

async function damaged(name: string, bytes: Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-backup-'));
  source = await startTestService();
  client = new Client(source.url);
  entry = (await client.enrol(await photograph(1))).id;
  await client.enrol(await photograph(2), 'illegal');
  const gone = await client.enrol(await photograph(3));
  await client.withdraw(gone.id);
  await vigieJson(['backup', backup()], source.database.env);
});

afterAll(async () => {
  await source.stop();
  for (const database of [source.database, ...databases]) await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('vigie backup', () => {
  it('writes a file only its owner reads, while the server runs', async () => {
    expect((await stat(backup())).mode & 0o777).toBe(0o600);
    expect((await client.match(await query())).matches).toMatchObject([{ entry }]);
  });

  it('writes the same rows again', async () => {
    const again = join(folder, 'again.backup');
    const { rows } = await vigieJson(['backup', again], source.database.env);
    const linesOf = async (file: string) =>
      gunzipSync(await readFile(file))
        .toString()
        .trim()
        .split('\n');
    // A header before the rows, the sequences after them.
    expect(rows).toBe((await linesOf(again)).length - 2);
  });

  it('fails with 1 where it cannot write, leaving nothing', async () => {
    const { code, stderr } = await vigie(['backup', join(folder, 'no', 'such', 'folder')], source.database.env);
    expect(code).toBe(1);
    expect(stderr).toContain('no');
  });
});

describe('vigie restore', () => {
  it('gives an empty database the same matches, keys and lists, and it takes new entries', async () => {
    const database = await emptyDatabase();
    await vigieJson(['restore', backup()], database.env);
    const service = await startTestService({ database });
    const restored = new Client(service.url);
    const shapeOf = ({ verdict, matches }: Awaited<ReturnType<Client['match']>>) => ({ verdict, matches });
    for (const image of [await query(), await photograph(2), await photograph(3), await photograph(4)]) {
      expect(shapeOf(await restored.match(image))).toEqual(shapeOf(await client.match(image)));
    }
    expect(await restored.match(await query())).toMatchObject({ matches: [{ entry, orientation: 'rotate270' }] });
    const lists = async (of: Client) => (await of.as('analyst').call('GET', '/v1/lists')).body;
    expect(await lists(restored)).toEqual(await lists(client));
    const fresh = await restored.enrol(await photograph(5));
    expect(await restored.match(await photograph(5))).toMatchObject({ matches: [{ entry: fresh.id }] });
    expect(await service.stop()).toBe(0);
  });

  it('refuses a database that is in use, and changes nothing in it', async () => {
    const { code, stderr } = await vigie(['restore', backup()], source.database.env);
    expect(code).toBe(1);
    expect(stderr).toContain('empty');
    expect(await client.match(await photograph(2))).toMatchObject({ verdict: 'remove_and_report' });
  });

  it('refuses what is damaged, and leaves the database empty', async () => {
    const database = await emptyDatabase();
    const whole = await readFile(backup());
    const lines = gunzipSync(whole).toString().trim().split('\n');
    const without = (keep: (line: string, at: number) => boolean) => gzipSync(`${lines.filter(keep).join('\n')}\n`);
    const files = [
      await damaged('cut-in-half', whole.subarray(0, whole.length / 2)),
      await damaged(
        'without-last-line',
        without((_, at) => at < lines.length - 1),
      ),
      await damaged(
        'without-a-row',
        without((_, at) => at !== lines.length - 2),
      ),
      await damaged('of-another-kind', Buffer.from('no backup')),
    ];
    for (const file of files) {
      const { code, stdout, stderr } = await vigie(['restore', file, '--json'], database.env);
      expect([file, code, stdout]).toEqual([file, 1, '']);
      expect(stderr).toMatch(/backup/);
    }
    expect(await vigieJson(['organisations', 'list'], database.env)).toEqual({ items: [] });
    expect(await vigieJson(['lists', 'list'], database.env)).toEqual({ items: [] });
    await vigieJson(['restore', backup()], database.env);
  });

  it('ends with 2 when there is no such file', async () => {
    expect((await vigie(['restore', join(folder, 'nowhere')], source.database.env)).code).toBe(2);
  });
});
