import { describe, expect, it } from 'vitest';
import { follow } from '../support/follower.js';
import { hashNamed } from '../support/import-files.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const leader = useService();
const follower = useService();
const md5Of = (name: string) => ({ md5: hashNamed('md5', name) });
const isFound = async ({ client }: typeof leader, name: string) => (await client.matchHashes(md5Of(name))).matches.length > 0;

/** Milliseconds from the withdrawal of an entry until the follower no longer matches it. */
async function delayOf(name: string, id: string): Promise<number> {
  await leader.client.withdraw(id);
  const startedAt = performance.now();
  expect(await isFound(leader, name)).toBe(false);
  await until('the withdrawal', 10_000, async () => !(await isFound(follower, name)));
  return performance.now() - startedAt;
}

describe('a Vigie that follows another', () => {
  it('matches what the other lists, and no longer what a hotline withdraws there, within a second', async () => {
    const before = await leader.client.enrolHashes(md5Of('before'));
    await follow(follower.client, leader.service.url);
    await until('the first entry', 10_000, () => isFound(follower, 'before'));

    await leader.client.enrolHashes(md5Of('later'));
    await until('the entry', 10_000, () => isFound(follower, 'later'));

    const delays = [await delayOf('before', before.id)];
    // A machine that is shared may pause once.
    for (const name of ['second', 'third']) {
      const { id } = await leader.client.enrolHashes(md5Of(name));
      await until('the entry', 10_000, () => isFound(follower, name));
      delays.push(await delayOf(name, id));
    }
    expect(Math.min(...delays)).toBeLessThan(1_000);
    expect(await isFound(follower, 'later')).toBe(true);
  });

  it('stops removing what is disputed at the other', async () => {
    const { id } = await leader.client.enrolHashes(md5Of('disputed'));
    await until('the entry', 10_000, () => isFound(follower, 'disputed'));
    await leader.client.as('reviewer').json('POST', `/v1/entries/${id}/dispute`, { reason: 'a mistake?' });
    const removes = async () => (await follower.client.matchHashes(md5Of('disputed'))).verdict === 'remove';
    await until('the dispute', 10_000, async () => !(await removes()));
  });

  it('keeps the entry that somebody listed there as well', async () => {
    const { id } = await leader.client.enrolHashes(md5Of('both'));
    await follower.client.enrolHashes(md5Of('both'));
    await leader.client.enrolHashes(md5Of('marker'));
    await until('the follower', 10_000, () => isFound(follower, 'marker'));
    await leader.client.withdraw(id);
    const { id: marker } = await leader.client.enrolHashes(md5Of('marker 2'));
    expect(marker).toBeTruthy();
    await until('the follower', 10_000, () => isFound(follower, 'marker 2'));
    expect(await isFound(follower, 'both')).toBe(true);
  });
});
