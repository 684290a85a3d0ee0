import { describe, expect, it } from 'vitest';
import { scene } from '../support/images.js';
import { until } from '../support/until.js';
import { useServices } from '../support/use-services.js';

const start = useServices();

describe('a graceful stop', () => {
  it('answers the requests under way, logs its phases and exits with 0', async () => {
    const { service, client } = await start();
    const image = await (await scene(3)).resize(4_000, 3_000).jpeg({ quality: 60, progressive: true }).toBuffer();
    // Six of these images take half a second. A busy machine needs ten times that, and a phase may take 10 s.
    const sent = 6;
    let answered = 0;
    const answers = Promise.all(Array.from({ length: sent }, () => client.match(image).finally(() => answered++)));
    await until('all have arrived and some are under way', 10_000, async () => {
      const metrics = await (await fetch(service.metricsUrl)).text();
      const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics)?.[1]);
      const underWay = value('vigie_images_queued') + value('vigie_images_in_flight');
      return underWay > 0 && underWay + answered === sent;
    });
    expect(await service.stop()).toBe(0);
    for (const { verdict } of await answers) expect(verdict).toBe('no_known_match');
    const phases = service.log.filter(({ phase }) => phase !== undefined);
    expect(phases.map(({ phase }) => phase)).toEqual([
      'requests',
      'exchanges',
      'imports',
      'imaging',
      'verdicts',
      'jobs',
      'audit',
      'feed',
      'snapshot',
      'index',
      'workers',
      'database',
      'metrics',
    ]);
    for (const phase of phases) expect(phase).toMatchObject({ outcome: 'done', ms: expect.any(Number) });
  });

  it('also follows the closing of the terminal (SIGHUP)', async () => {
    const { service } = await start();
    await service.kill('SIGHUP');
    expect(service.log.filter(({ msg }) => msg === 'stopping').map(({ phase }) => phase)).toContain('database');
  });

  it('refuses new requests', async () => {
    const { service } = await start();
    await service.stop();
    await expect(fetch(`${service.url}/healthz`)).rejects.toThrow('fetch failed');
  });
});
