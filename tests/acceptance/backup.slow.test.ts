import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { vigie, vigieJson } from '../support/cli.js';
import { photograph } from '../support/images.js';
import { useBackup } from '../support/use-backup.js';

const backedUp = useBackup();

async function damaged(name: string, bytes: Uint8Array): Promise<string> {
  const file = join(backedUp().folder, name);
  await writeFile(file, bytes);
  return file;
}

describe('vigie backup', () => {
  it('writes the same number of rows the second time', async () => {
    const { source, folder } = backedUp();
    const again = join(folder, 'again.backup');
    const { rows } = await vigieJson(['backup', again], source.database.env);
    const linesOf = async (file: string) =>
      gunzipSync(await readFile(file))
        .toString()
        .trim()
        .split('\n');
    // The first line is a header, the last one has the sequences.
    expect(rows).toBe((await linesOf(again)).length - 2);
  });

  it('exits with 1 if it cannot write the file', async () => {
    const { source, folder } = backedUp();
    const { code, stderr } = await vigie(['backup', join(folder, 'no', 'such', 'folder')], source.database.env);
    expect(code).toBe(1);
    expect(stderr).toContain('no');
  });
});

describe('vigie restore', () => {
  it('refuses a database that is not empty and changes nothing in it', async () => {
    const { source, client, file } = backedUp();
    const { code, stderr } = await vigie(['restore', file], source.database.env);
    expect(code).toBe(1);
    expect(stderr).toContain('empty');
    expect(await client.match(await photograph(2))).toMatchObject({ verdict: 'remove_and_report' });
  });

  it('refuses a damaged file and leaves the database empty', async () => {
    const { file, emptyDatabase } = backedUp();
    const database = await emptyDatabase();
    const whole = await readFile(file);
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
    await vigieJson(['restore', file], database.env);
  });

  it('exits with 2 if the file does not exist', async () => {
    const { source, folder } = backedUp();
    expect((await vigie(['restore', join(folder, 'nowhere')], source.database.env)).code).toBe(2);
  });
});
