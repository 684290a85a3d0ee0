import { describe, expect, it } from 'vitest';
import { photograph, scene } from '../support/images.js';
import { useServices } from '../support/use-services.js';

const start = useServices();

describe('a service that is started again', () => {
  it('still knows its entries', async () => {
    const before = await start();
    const entry = await before.client.enrol(await photograph(1));
    const gone = await before.client.enrol(await photograph(2));
    await before.client.withdraw(gone.id);
    expect(await before.service.stop()).toBe(0);
    const after = await start({ database: before.service.database });
    const copy = await (await scene(1)).jpeg({ quality: 50 }).toBuffer();
    expect(await after.client.match(copy)).toMatchObject({ verdict: 'remove', matches: [{ entry: entry.id }] });
    expect((await after.client.match(await photograph(2))).verdict).toBe('no_known_match');
  });
});
