import { describe, expect, it } from 'vitest';
import { photograph, scene } from '../support/images.js';
import { childrenOf } from '../support/processes.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

describe('an imaging process that is killed under load', () => {
  const on = useService({ env: { VIGIE_IMAGING_PROCESSES: '2' } });
  const large = async (signal: string) => (await scene(signal.charCodeAt(3))).resize(4_000, 3_000);

  it.each(['SIGSEGV', 'SIGKILL'] as const)('by %s costs at most one image its verdict and no other request', async (signal) => {
    const { client, service } = on;
    const entry = await client.enrol(await (await large(signal)).jpeg().toBuffer());
    const copy = await (await large(signal)).jpeg({ quality: 60 }).toBuffer();
    await until('both processes are there', 10_000, () => childrenOf(service.pid).length === 2);
    const [victim = 0] = childrenOf(service.pid);

    const load = Promise.all(Array.from({ length: 24 }, () => client.match(copy)));
    // Each process decodes one image and has the next.
    await until('both are busy', 20_000, async () =>
      (await (await fetch(service.metricsUrl)).text()).includes('vigie_images_in_flight 4'),
    );
    process.kill(victim, signal);
    const verdicts = await load;

    const crashed = verdicts.filter(({ reason }) => reason === 'decoder_crashed');
    // None, if the signal came between two images. tests/imaging/crashes.test.ts kills inside one.
    expect(crashed.length).toBeLessThanOrEqual(1);
    for (const verdict of crashed)
      expect(verdict).toMatchObject({ verdict: 'unscannable', matches: [], hashes: { sha256: expect.any(String) } });
    const others = verdicts.filter((verdict) => !crashed.includes(verdict));
    for (const verdict of others) expect(verdict).toMatchObject({ verdict: 'remove', matches: [{ entry: entry.id }] });

    await until('another process takes its place', 10_000, () => {
      const children = childrenOf(service.pid);
      return children.length === 2 && !children.includes(victim);
    });
    expect((await client.match(copy)).verdict).toBe('remove');
    await client.withdraw(entry.id);
  });

  it('affects nobody when it is idle', async () => {
    const { client, service } = on;
    await until('both processes are there', 10_000, () => childrenOf(service.pid).length === 2);
    for (const pid of childrenOf(service.pid)) process.kill(pid, 'SIGKILL');
    const verdicts = await Promise.all([2, 3, 4, 5].map(async (seed) => client.match(await photograph(seed))));
    for (const { verdict } of verdicts) expect(verdict).toBe('no_known_match');
  });
});
