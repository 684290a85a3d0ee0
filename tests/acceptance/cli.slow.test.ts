import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { vigie, vigieJson } from '../support/cli.js';
import { keyOf } from '../support/seed.js';
import { describeCommands } from './commands.js';

describeCommands({ serverRuns: false });

describe('a wrong command line', () => {
  const nowhere = { VIGIE_DATA_DIR: join(tmpdir(), 'vigie-never-made') };
  const organisation = ['organisations', 'create', '--id', 'acme', '--name', 'Acme'];

  it.each<[string, readonly string[], string]>([
    ['an unknown command', ['conjure'], 'conjure'],
    ['an unknown option', ['keys', 'list', '--all'], '--all'],
    ['a missing option', organisation, '--kind'],
    ['an unknown kind', [...organisation, '--kind', 'club'], 'club'],
    ['an invalid id', ['organisations', 'create', '--id', 'A B', '--name', 'x', '--kind', 'police'], 'A B'],
    ['an unknown role', ['keys', 'create', '--organisation', 'a', '--role', 'king'], 'king'],
    [
      'a date in the past',
      ['keys', 'create', '--organisation', 'a', '--role', 'analyst', '--expires', '2020-01-01'],
      '2020-01-01',
    ],
    ['an unknown trust', ['keys', 'create', '--organisation', 'a', '--role', 'platform', '--trust', 'some'], 'some'],
    ['an invalid quota', ['keys', 'create', '--organisation', 'a', '--role', 'platform', '--quota-day', '1e3'], '1e3'],
    ['an invalid date', ['keys', 'create', '--organisation', 'a', '--role', 'analyst', '--expires', 'soon'], 'soon'],
    ['a missing file', ['match', '/nowhere.jpg'], '/nowhere.jpg'],
    ['no file', ['enroll', '--list', 'known'], 'path'],
  ])('exits with 2 and names %s', async (_, parameters, named) => {
    const { code, stdout, stderr } = await vigie(parameters, nowhere);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(named);
  });

  it('prints help with --help and exits with 0', async () => {
    const { code, stdout } = await vigie(['--help'], nowhere);
    expect(code).toBe(0);
    for (const command of ['serve', 'organisations', 'keys', 'lists', 'enroll', 'match', 'config', 'backup', 'restore']) {
      expect(stdout).toContain(command);
    }
  });

  it('prints settings but no secrets', async () => {
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
