import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { documentsOf, vigie, vigieJson } from '../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { photograph, scene } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';

let folder = '';
const file = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-cli-'));
  await mkdir(file('batch', 'deep'), { recursive: true });
  await writeFile(file('one.jpg'), await photograph(1));
  await writeFile(file('copy-of-one.png'), await (await scene(1)).resize(300).png().toBuffer());
  await writeFile(file('other.jpg'), await photograph(2));
  await writeFile(file('batch', 'three.jpg'), await photograph(3));
  await writeFile(file('batch', 'deep', 'four.jpg'), await photograph(4));
  await writeFile(file('batch', 'notes.txt'), 'no image');
  await writeFile(file('batch', '.hidden.jpg'), await photograph(5));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each([true, false])('the command line (server running: %s)', (serverRuns) => {
  let database: TestDatabase;
  let service: TestService | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
    if (serverRuns) service = await startTestService({ database });
  });

  afterAll(async () => {
    await service?.stop();
    await database.drop();
  });

  it('creates organisations, their keys and lists, one JSON document each', async () => {
    const organisation = { id: 'acme', name: 'Acme', kind: 'platform' };
    const flags = Object.entries(organisation).flatMap(([name, value]) => [`--${name}`, value]);
    expect(await vigieJson(['organisations', 'create', ...flags], database.env)).toMatchObject(organisation);
    expect((await vigie(['organisations', 'create', ...flags], database.env)).code).toBe(1);
    const { items } = await vigieJson(['organisations', 'list'], database.env);
    expect(items).toContainEqual(expect.objectContaining(organisation));

    const expires = ['--expires', '2099-12-31', '--person', 'Ada'];
    const key = await vigieJson(['keys', 'create', '--organisation', 'acme', '--role', 'platform', ...expires], database.env);
    expect(key).toMatchObject({ organisation: 'acme', role: 'platform', person: 'Ada', expiresAt: '2099-12-31T00:00:00.000Z' });
    expect(z.string().parse(key.key)).toMatch(new RegExp(`^vig_${key.id}_[0-9a-f]{64}$`));
    expect(await vigieJson(['keys', 'revoke', String(key.id)], database.env)).toEqual({ id: key.id, revoked: true });

    const list = ['--id', 'mine', '--title', 'Mine', '--class', 'tvec', '--action', 'hold_for_review'];
    expect(await vigieJson(['lists', 'create', ...list], database.env)).toMatchObject({ id: 'mine', enabled: true });
    expect((await vigieJson(['lists', 'list'], database.env)).items).toContainEqual(expect.objectContaining({ id: 'mine' }));
  });

  it('enrols a file, then says that it stands, and finds copies of it', async () => {
    const { code, stdout, stderr } = await vigie(['enroll', file('one.jpg'), '--list', 'known', '--json'], database.env);
    expect([code, stderr]).toEqual([0, expect.stringContaining('files: 1 of 1')]);
    expect(documentsOf(stdout)).toMatchObject([{ file: file('one.jpg'), list: 'known', status: 'created' }]);
    const again = await vigie(['enroll', file('one.jpg'), '--list', 'known', '--json'], database.env);
    expect(documentsOf(again.stdout)).toMatchObject([{ status: 'standing', entry: documentsOf(stdout)[0]?.entry }]);

    const found = await vigie(['match', file('copy-of-one.png'), file('other.jpg'), '--json'], database.env);
    expect(found.code).toBe(3);
    expect(documentsOf(found.stdout)).toMatchObject([
      { file: file('copy-of-one.png'), verdict: 'remove', matches: [{ entry: documentsOf(stdout)[0]?.entry }] },
      { file: file('other.jpg'), verdict: 'no_known_match', matches: [] },
    ]);
    expect((await vigie(['match', file('other.jpg')], database.env)).code).toBe(0);
  });

  it('enrols a folder at any depth, a bad file of which fails alone', async () => {
    const { code, stdout } = await vigie(['enroll', file('batch'), '--list', 'known', '--json'], database.env);
    expect(code).toBe(1);
    expect(documentsOf(stdout)).toMatchObject([
      { file: file('batch', 'deep', 'four.jpg'), status: 'created' },
      { file: file('batch', 'notes.txt'), error: { code: 'unscannable_image' } },
      { file: file('batch', 'three.jpg'), status: 'created' },
    ]);
  });

  it('fails with 1 where there is no such thing', async () => {
    for (const [parameters, named] of [
      [['keys', 'revoke', 'nobody000000'], 'nobody000000'],
      [['keys', 'create', '--organisation', 'nowhere', '--role', 'analyst'], 'nowhere'],
    ] as const) {
      const { code, stdout, stderr } = await vigie(parameters, database.env);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(named);
    }
  });

  it.runIf(serverRuns)('matches through the server where it has a key, and is refused with a wrong one', async () => {
    const { port } = new URL(service?.url ?? '');
    const env = { ...database.env, VIGIE_PORT: port };
    const through = await vigie(['match', file('copy-of-one.png'), '--json'], { ...env, VIGIE_KEY: keyOf('platform') });
    expect(through.code).toBe(3);
    expect(documentsOf(through.stdout)).toMatchObject([{ verdict: 'remove', requestId: expect.stringMatching(/^req_/) }]);
    const refused = await vigie(['match', file('one.jpg')], { ...env, VIGIE_KEY: keyOf('analyst') });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('403');
  });
});

describe('the command line, misused', () => {
  const nowhere = { VIGIE_DATA_DIR: join(tmpdir(), 'vigie-never-made') };
  const organisation = ['organisations', 'create', '--id', 'acme', '--name', 'Acme'];

  it.each<[string, readonly string[], string]>([
    ['an unknown command', ['conjure'], 'conjure'],
    ['an unknown option', ['keys', 'list', '--all'], '--all'],
    ['a missing option', organisation, '--kind'],
    ['an unknown kind', [...organisation, '--kind', 'club'], 'club'],
    ['an id that is none', ['organisations', 'create', '--id', 'A B', '--name', 'x', '--kind', 'police'], 'A B'],
    ['an unknown role', ['keys', 'create', '--organisation', 'a', '--role', 'king'], 'king'],
    [
      'a date in the past',
      ['keys', 'create', '--organisation', 'a', '--role', 'analyst', '--expires', '2020-01-01'],
      '2020-01-01',
    ],
    ['a trust that is none', ['keys', 'create', '--organisation', 'a', '--role', 'platform', '--trust', 'some'], 'some'],
    ['a quota that is none', ['keys', 'create', '--organisation', 'a', '--role', 'platform', '--quota-day', '1e3'], '1e3'],
    ['a date that is none', ['keys', 'create', '--organisation', 'a', '--role', 'analyst', '--expires', 'soon'], 'soon'],
    ['a file that is not there', ['match', '/nowhere.jpg'], '/nowhere.jpg'],
    ['no file', ['enroll', '--list', 'known'], 'path'],
  ])('ends with 2 and names it: %s', async (_, parameters, named) => {
    const { code, stdout, stderr } = await vigie(parameters, nowhere);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(named);
  });

  it('shows help when asked, and ends with 0', async () => {
    const { code, stdout } = await vigie(['--help'], nowhere);
    expect(code).toBe(0);
    for (const command of ['serve', 'organisations', 'keys', 'lists', 'enroll', 'match', 'config', 'backup', 'restore']) {
      expect(stdout).toContain(command);
    }
  });

  it('shows its settings without those that are secret', async () => {
    const env = { ...nowhere, VIGIE_KEY: keyOf('platform'), DATABASE_URL: 'postgresql://me:secret@db/x', VIGIE_PORT: '1234' };
    const { settings } = z
      .object({ settings: z.array(z.looseObject({ name: z.string() })) })
      .parse(await vigieJson(['config'], env));
    expect(settings).toContainEqual(expect.objectContaining({ name: 'VIGIE_PORT', value: 1234 }));
    const shown = JSON.stringify(settings) + (await vigie(['config'], env)).stdout;
    expect(shown).not.toContain('secret@');
    expect(shown).not.toContain(keyOf('platform'));
  });
});
