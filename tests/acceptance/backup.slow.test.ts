import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { vigie, vigieJson } from '../support/cli.js';
import { Client } from '../support/client.js';
import { photograph } from '../support/images.js';
import { startTestService } from '../support/service.js';
import { editedCopy, useBackup } from '../support/use-backup.js';

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
    const { code, stderr } = await vigie(['restore', file, '--without-withdrawals'], source.database.env);
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
      const { code, stdout, stderr } = await vigie(['restore', file, '--without-withdrawals', '--json'], database.env);
      expect([file, code, stdout]).toEqual([file, 1, '']);
      expect(stderr).toMatch(/backup/);
    }
    expect(await vigieJson(['organisations', 'list'], database.env)).toEqual({ items: [] });
    expect(await vigieJson(['lists', 'list'], database.env)).toEqual({ items: [] });
    await vigieJson(['restore', file, '--without-withdrawals'], database.env);
  });

  it('refuses to bring back what was withdrawn later, unless told so', async () => {
    const { file, emptyDatabase } = backedUp();
    const { code, stderr } = await vigie(['restore', file], (await emptyDatabase()).env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/withdrawals\.journal.*--withdrawals.*--without-withdrawals/s);
  });

  it('withdraws again what was withdrawn after the backup', async () => {
    const { source, client, entry, folder, emptyDatabase } = backedUp();
    const later = join(folder, 'later.backup');
    await vigieJson(['backup', later], source.database.env);
    await client.withdraw(entry);
    await source.stop();
    const journal = join(source.database.env.VIGIE_DATA_DIR, 'withdrawals.journal');
    const database = await emptyDatabase();
    expect(await vigieJson(['restore', later, '--withdrawals', journal], database.env)).toMatchObject({ withdrawn: 1 });
    const service = await startTestService({ database });
    const restored = new Client(service.url);
    expect((await restored.match(await editedCopy())).matches).toEqual([]);
    expect((await restored.match(await photograph(2))).verdict).toBe('remove_and_report');
    expect(await service.stop()).toBe(0);
  });

  it('exits with 2 if the file does not exist', async () => {
    const { source, folder } = backedUp();
    expect((await vigie(['restore', join(folder, 'nowhere')], source.database.env)).code).toBe(2);
  });
});
