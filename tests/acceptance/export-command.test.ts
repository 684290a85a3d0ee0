/** `vigie export`. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportSchema } from '../../src/http/schemas/export.js';
import { vigie, vigieJson } from '../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { entriesIn } from '../support/exports.js';
import { vigieFile } from '../support/import-files.js';
import { keyOf } from '../support/seed.js';

describe('vigie export', () => {
  let folder = '';
  let database: TestDatabase;
  const file = (name: string) => join(folder, name);
  const request = ['--list', 'known', '--format', 'vigie', '--recipient', 'Police of Ghent', '--purpose', 'agreement 12'];
  const analyst = ['--key', keyOf('analyst')];
  const reviewer = ['--key', keyOf('reviewer')];

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'vigie-export-'));
    await writeFile(file('list.ndjson'), vigieFile([{ id: 'e1' }, { id: 'e2' }]));
    await vigieJson(['import', file('list.ndjson'), '--list', 'known'], database.env);
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('asks, waits for a colleague, and writes the file once', async () => {
    const asked = await vigie(['export', ...request, ...analyst, '--canaries', '1'], database.env);
    const [id = ''] = /exp_[0-9a-f]{32}/.exec(asked.stdout) ?? [];
    expect([asked.code, asked.stdout]).toEqual([0, expect.stringContaining(`vigie export --confirm ${id}`)]);
    const write = ['export', '--id', id, '--out', file('out.ndjson'), ...analyst];
    expect(await vigie(write, database.env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('colleague must confirm'),
    });
    expect(await vigie(['export', '--confirm', id, ...analyst], database.env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ask a colleague'),
    });
    expect((await vigie(['export', '--confirm', id, ...reviewer], database.env)).code).toBe(0);
    const written = await vigie(write, database.env);
    expect([written.code, written.stdout]).toEqual([
      0,
      expect.stringMatching(/3 entries with 3 hashes, of which 1 canary[\s\S]*SHA-256/),
    ]);
    expect(entriesIn(await readFile(file('out.ndjson'), 'utf8'))).toHaveLength(3);
    expect((await stat(file('out.ndjson'))).mode & 0o777).toBe(0o600);
    expect(await vigie(write, database.env)).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') });
  });

  it('needs one call during set-up', async () => {
    const done = await vigieJson(['export', ...request, '--out', file('setup.ndjson')], database.env);
    expect(exportSchema.parse(done)).toMatchObject({ state: 'ready', organisation: null, downloads: [{ state: 'complete' }] });
    expect(entriesIn(await readFile(file('setup.ndjson'), 'utf8'))).toHaveLength(5);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it.each([
    ['two steps', ['--list', 'known', '--id', 'x']],
    ['a list and no recipient', ['--list', 'known', '--format', 'vigie']],
  ])('with %s ends with 2', async (_what, options) => {
    expect((await vigie(['export', ...options], database.env)).code).toBe(2);
  });
});
