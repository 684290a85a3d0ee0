import { describe, expect, it } from 'vitest';
import { photograph, scene } from '../support/images.js';
import { childrenOf } from '../support/processes.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

describe('an imaging process that is killed under load', () => {
  const on = useService({ env: { VIGIE_IMAGING_PROCESSES: '2' } });
  /** Large enough that a process is always in the middle of one. */
  const large = async () => (await scene(1)).resize(2_000, 1_500);

  it.each(['SIGSEGV', 'SIGKILL'] as const)('by %s costs one image its verdict, and no other request anything', async (signal) => {
    const { client, service } = on;
    const entry = await client.enrol(await (await large()).jpeg().toBuffer());
    const copy = await (await large()).jpeg({ quality: 80 }).toBuffer();
    await until('both processes are there', 10_000, () => childrenOf(service.pid).length === 2);
    const [victim = 0] = childrenOf(service.pid);

    let answered = 0;
    const load = Array.from({ length: 32 }, () =>
      client.match(copy).finally(() => {
        answered++;
      }),
    );
    await until('the load runs', 20_000, () => answered >= 6);
    process.kill(victim, signal);
    const verdicts = await Promise.all(load);

    const crashed = verdicts.filter(({ reason }) => reason === 'decoder_crashed');
    expect(crashed).toHaveLength(1);
    expect(crashed[0]).toMatchObject({ verdict: 'unscannable', matches: [], hashes: { sha256: expect.any(String) } });
    const others = verdicts.filter((verdict) => verdict !== crashed[0]);
    for (const verdict of others) expect(verdict).toMatchObject({ verdict: 'remove', matches: [{ entry: entry.id }] });

    await until('another process takes its place', 10_000, () => {
      const children = childrenOf(service.pid);
      return children.length === 2 && !children.includes(victim);
    });
    expect((await client.match(copy)).verdict).toBe('remove');
    await client.withdraw(entry.id);
  });

  it('costs nobody anything when it is idle', async () => {
    const { client, service } = on;
    await until('both processes are there', 10_000, () => childrenOf(service.pid).length === 2);
    for (const pid of childrenOf(service.pid)) process.kill(pid, 'SIGKILL');
    const verdicts = await Promise.all([2, 3, 4, 5].map(async (seed) => client.match(await photograph(seed))));
    for (const { verdict } of verdicts) expect(verdict).toBe('no_known_match');
  });
});
