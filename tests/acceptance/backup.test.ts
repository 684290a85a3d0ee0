import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { vigieJson } from '../support/cli.js';
import { Client } from '../support/client.js';
import { photograph } from '../support/images.js';
import { startTestService } from '../support/service.js';
import { editedCopy, useBackup } from '../support/use-backup.js';

const backedUp = useBackup();

describe('vigie backup', () => {
  it('writes a file that only its owner can read, while the server runs', async () => {
    const { client, entry, file } = backedUp();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await client.match(await editedCopy())).matches).toMatchObject([{ entry }]);
  });
});

describe('vigie restore', () => {
  it('gives an empty database the same matches, keys and lists, and new entries can be enrolled', async () => {
    const { client, entry, file, emptyDatabase } = backedUp();
    const database = await emptyDatabase();
    await vigieJson(['restore', file, '--without-withdrawals'], database.env);
    const service = await startTestService({ database });
    const restored = new Client(service.url);
    const shapeOf = ({ verdict, matches }: Awaited<ReturnType<Client['match']>>) => ({ verdict, matches });
    for (const image of [await editedCopy(), await photograph(2), await photograph(3), await photograph(4)]) {
      expect(shapeOf(await restored.match(image))).toEqual(shapeOf(await client.match(image)));
    }
    expect(await restored.match(await editedCopy())).toMatchObject({ matches: [{ entry, orientation: 'rotate270' }] });
    const lists = async (of: Client) => (await of.as('analyst').call('GET', '/v1/lists')).body;
    expect(await lists(restored)).toEqual(await lists(client));
    const fresh = await restored.enrol(await photograph(5));
    expect(await restored.match(await photograph(5))).toMatchObject({ matches: [{ entry: fresh.id }] });
    expect(await service.stop()).toBe(0);
  });
});
