import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { documentsOf, vigie, vigieJson } from '../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { faultServer, json, noMatch, problem } from '../support/fault-server.js';
import { photograph, scene } from '../support/images.js';
import { vigieFile } from '../support/import-files.js';
import { keyOf } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';

export function describeCommands({ serverRuns }: { serverRuns: boolean }): void {
  describe(`the command line (server running: ${serverRuns})`, () => {
    let folder = '';
    let database: TestDatabase;
    let service: TestService | undefined;
    const file = (...names: string[]) => join(folder, ...names);

    beforeAll(async () => {
      database = await createTestDatabase();
      if (serverRuns) service = await startTestService({ database });
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

    afterAll(async () => {
      await service?.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    });

    it('creates organisations, keys and lists, and prints a JSON document for each', async () => {
      const organisation = { id: 'acme', name: 'Acme', kind: 'platform' };
      const flags = Object.entries(organisation).flatMap(([name, value]) => [`--${name}`, value]);
      expect(await vigieJson(['organisations', 'create', ...flags], database.env)).toMatchObject(organisation);
      expect((await vigie(['organisations', 'create', ...flags], database.env)).code).toBe(1);
      const { items } = await vigieJson(['organisations', 'list'], database.env);
      expect(items).toContainEqual(expect.objectContaining(organisation));

      const limits = ['--expires', '2099-12-31', '--trust', 'low', '--quota-minute', '3', '--quota-day', '0'];
      const create = ['keys', 'create', '--organisation', 'acme', '--role', 'platform', '--person', 'Ada', ...limits];
      const key = await vigieJson(create, database.env);
      expect(key).toMatchObject({ organisation: 'acme', role: 'platform', person: 'Ada', expiresAt: '2099-12-31T00:00:00.000Z' });
      expect(z.string().parse(key.key)).toMatch(new RegExp(`^vig_${key.id}_[0-9a-f]{64}$`));
      const { items: keys } = await vigieJson(['keys', 'list'], database.env);
      expect(keys).toContainEqual(expect.objectContaining({ id: key.id, trust: 'low', quotaMinute: 3, quotaDay: 0 }));
      expect(await vigieJson(['keys', 'revoke', String(key.id)], database.env)).toEqual({ id: key.id, revoked: true });

      const list = ['--id', 'mine', '--title', 'Mine', '--class', 'tvec', '--action', 'hold_for_review'];
      expect(await vigieJson(['lists', 'create', ...list], database.env)).toMatchObject({ id: 'mine', enabled: true });
      expect((await vigieJson(['lists', 'list'], database.env)).items).toContainEqual(expect.objectContaining({ id: 'mine' }));
    });

    it('imports a file of hashes, after a look at what it would do', async () => {
      await writeFile(file('hashes.ndjson'), vigieFile([{ id: 'cli 1' }, { id: 'cli 2' }]));
      const command = ['import', file('hashes.ndjson'), '--list', 'known', '--source', 'partner'];
      const checked = await vigieJson([...command, '--dry-run'], database.env);
      expect(checked).toMatchObject({ state: 'checked', report: { records: 2, new: 2 } });
      expect(await vigieJson(command, database.env)).toMatchObject({ state: 'promoted', source: 'partner', report: { new: 2 } });
      const again = await vigie(command, database.env);
      expect([again.code, again.stdout]).toEqual([
        0,
        expect.stringMatching(/^imported\n2 records of format vigie.*\n {2}new 0, known 2/),
      ]);
    });

    it('says why a file of hashes is not imported, and ends with 1', async () => {
      await writeFile(file('bad.ndjson'), vigieFile([{ id: 'cli 3' }, { id: 'cli 4', hashes: [] }]));
      const failed = await vigie(['import', file('bad.ndjson'), '--list', 'known'], database.env);
      expect([failed.code, failed.stdout]).toEqual([
        1,
        expect.stringMatching(/^not imported: 1 record is invalid[\s\S]*\n {2}line 3: has no hash/),
      ]);
      const rest = ['import', file('bad.ndjson'), '--list', 'known', '--skip-invalid'];
      expect(await vigieJson(rest, database.env)).toMatchObject({ state: 'promoted', report: { new: 1, invalid: 1 } });
    });

    it.each([
      ['a missing file', ['nowhere.ndjson', '--list', 'known']],
      ['an unknown format', ['hashes.ndjson', '--list', 'known', '--format', 'guess']],
      ['no list', ['hashes.ndjson']],
    ])('ends an import with %s with 2', async (_what, [name = '', ...options]) => {
      expect((await vigie(['import', file(name), ...options], database.env)).code).toBe(2);
    });

    it('enrols a file once and finds copies of it', async () => {
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

    it('enrols a folder recursively; a file that is no image fails alone', async () => {
      const { code, stdout } = await vigie(['enroll', file('batch'), '--list', 'known', '--json'], database.env);
      expect(code).toBe(1);
      expect(documentsOf(stdout)).toMatchObject([
        { file: file('batch', 'deep', 'four.jpg'), status: 'created' },
        { file: file('batch', 'notes.txt'), error: { code: 'unscannable_image' } },
        { file: file('batch', 'three.jpg'), status: 'created' },
      ]);
    });

    it('judges every file of a folder around those that fail, and exits with 3 for a match', async () => {
      const odd = file('odd');
      await mkdir(odd);
      const badName = Buffer.concat([Buffer.from(`${odd}/`), Buffer.from('bad\xff.jpg', 'latin1')]);
      await writeFile(badName, await photograph(2));
      await symlink('nowhere', join(odd, 'gone.jpg'));
      await symlink(file('one.jpg'), join(odd, 'link.jpg'));
      await writeFile(join(odd, 'large.jpg'), '');
      await truncate(join(odd, 'large.jpg'), 300 * 1024 * 1024);
      execFileSync('mkfifo', [join(odd, 'pipe')]);
      const { code, stdout, stderr } = await vigie(['match', odd, '--json'], database.env);
      expect(code).toBe(3);
      expect(stderr).toContain('2 files failed, 1 file skipped');
      expect(documentsOf(stdout)).toMatchObject([
        { file: `${odd}/bad\\xff.jpg`, fileBase64: badName.toString('base64'), verdict: 'no_known_match' },
        { file: join(odd, 'gone.jpg'), error: { code: 'unreadable', detail: 'gone, or a link that leads nowhere' } },
        { file: join(odd, 'large.jpg'), error: { code: 'body_too_large' } },
        { file: join(odd, 'link.jpg'), verdict: 'remove' },
        { file: join(odd, 'pipe'), skipped: 'a named pipe' },
      ]);

      await rm(join(odd, 'link.jpg'));
      expect((await vigie(['match', odd], database.env)).code).toBe(1);
      expect((await vigie(['match', file('other.jpg'), join(odd, 'pipe')], database.env)).code).toBe(1);
      const enrolled = await vigie(['enroll', odd, '--list', 'known', '--json'], database.env);
      expect(enrolled.code).toBe(1);
      expect(documentsOf(enrolled.stdout)[0]).toMatchObject({ status: 'created' });
    });

    it('exits with 1 if the key or organisation does not exist', async () => {
      for (const [parameters, named] of [
        [['keys', 'revoke', 'nobody000000'], 'nobody000000'],
        [['keys', 'create', '--organisation', 'nowhere', '--role', 'analyst'], 'nowhere'],
      ] as const) {
        const { code, stdout, stderr } = await vigie(parameters, database.env);
        expect([code, stdout]).toEqual([1, '']);
        expect(stderr).toContain(named);
      }
    });

    it.runIf(serverRuns)('matches through the server if it has a platform key', async () => {
      const { port } = new URL(service?.url ?? '');
      const env = { ...database.env, VIGIE_PORT: port };
      const through = await vigie(['match', file('copy-of-one.png'), '--json'], { ...env, VIGIE_KEY: keyOf('platform') });
      expect(through.code).toBe(3);
      expect(documentsOf(through.stdout)).toMatchObject([{ verdict: 'remove', requestId: expect.stringMatching(/^req_/) }]);
    });

    it.runIf(serverRuns)('matches with the service that --url names, and never takes an error for a verdict', async () => {
      const matched = ['match', file('copy-of-one.png'), '--json', '--url'];
      const found = await vigie([...matched, service?.url ?? '', '--key', keyOf('platform')], {});
      expect(found.code).toBe(3);
      expect(documentsOf(found.stdout)).toMatchObject([{ verdict: 'remove', requestId: expect.stringMatching(/^req_/) }]);
      const refused = await vigie([...matched, service?.url ?? ''], { VIGIE_KEY: keyOf('analyst') });
      expect([refused.code, documentsOf(refused.stdout)]).toMatchObject([1, [{ error: { code: 'forbidden' } }]]);
      const other = await faultServer(problem(500, 'internal'), json(200, { ...noMatch, verdict: 'newer' }));
      const twice = ['match', file('copy-of-one.png'), file('copy-of-one.png'), '--json', '--url', other.url];
      const held = await vigie(twice, { VIGIE_KEY: keyOf('platform') });
      const codes = documentsOf(held.stdout).map((line) => (line as { error?: { code: string } }).error?.code);
      expect([held.code, codes.sort()]).toEqual([1, ['internal', 'unknown_verdict']]);
      expect((await vigie([...matched, service?.url ?? ''], {})).code).toBe(2);
    });
  });
}
