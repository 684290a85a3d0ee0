import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { filesWith } from '../support/bytes-on-disk.js';
import { vigie } from '../support/cli.js';
import type { Client } from '../support/client.js';
import type { TestService } from '../support/service.js';
import { until } from '../support/until.js';
import { useServices } from '../support/use-services.js';

const start = useServices();
const sha256 = '5ca1ab1e'.repeat(8);
const pdq = '9b1d6c3e27f05a84'.repeat(4);
const hashes = { sha256, pdq, quality: 100 };
const list = {
  id: 'brief',
  title: 'Brief',
  class: 'ncii_adult',
  action: 'remove',
  verification: { people: 0, organisations: 0 },
};

async function backupHolds({ database }: TestService): Promise<boolean> {
  const file = join(database.env.VIGIE_DATA_DIR, 'whole.backup');
  const { code, stderr } = await vigie(['backup', file], database.env);
  if (code !== 0) throw new Error(stderr);
  const bytes = await readFile(file);
  await rm(file);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
  return [sha256, pdq].some((hex) => text.includes(hex));
}

const byVictim = async (client: Client, entry: string) => {
  await client.as('analyst').json('POST', `/v1/entries/${entry}/withdraw`, { reason: 'she asked for it', byVictim: true });
};
const byDeletion = async (client: Client) => {
  const operator = client.as('operator');
  await operator.json('PATCH', '/v1/lists/brief', { enabled: false });
  expect((await operator.call('DELETE', '/v1/lists/brief')).status).toBe(204);
};

describe.each([
  ['of an entry that the person depicted had withdrawn', byVictim],
  ['of a deleted list', byDeletion],
])('the hashes %s', (_, erase) => {
  it('are in no answer and no backup, and after a kill and a start in no file', async () => {
    const { service, client } = await start();
    const { VIGIE_DATA_DIR: directory } = service.database.env;
    await client.createList(list);
    const { id } = await client.enrolHashes(hashes, 'brief');
    expect(await backupHolds(service)).toBe(true);
    await service.stop();
    expect(filesWith(directory, [sha256, pdq])).toContain('index.snapshot');

    const again = await start({ database: service.database });
    expect((await again.client.matchHashes(hashes)).verdict).toBe('remove');
    await erase(again.client, id);
    expect((await again.client.matchHashes(hashes)).verdict).toBe('no_known_match');
    expect(await backupHolds(again.service)).toBe(false);
    await again.service.kill('SIGKILL');

    const last = await start({ database: service.database });
    await until('no file holds the hashes', 60_000, () => filesWith(directory, [sha256, pdq]).length === 0);
    expect((await last.client.matchHashes(hashes)).verdict).toBe('no_known_match');
    expect(await last.service.stop()).toBe(0);
    expect(filesWith(directory, [sha256, pdq])).toEqual([]);
  }, 180_000);
});
