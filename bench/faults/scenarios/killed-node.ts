import { setTimeout as pause } from 'node:timers/promises';
import { randomFrom } from '../../random.js';
import { durabilitySpec, Workload } from '../durability.js';
import type { FaultScenario } from '../scenario.js';

const kills = 500;
const longestLifeMs = 1_000;
/** A start costs 3.9 CPU seconds on the embedded database. Without a second imaging process and an optimised engine it costs 2.3. */
const quickStart = { settings: { VIGIE_IMAGING_PROCESSES: '1' }, node: ['--liftoff-only'] };
/** One start in this many is as shipped, so that the longest recovery holds for such a start. */
const asShippedEvery = 10;

export const killedNode: FaultScenario = {
  name: 'killed-node',
  goal: 'A node is killed at random moments under load. No acknowledged write and no record of a verdict is lost.',
  async run({ install, repeat }) {
    const installation = await install(durabilitySpec);
    const workload = new Workload(installation);
    await workload.prepare();
    const start = (round: number) =>
      round % asShippedEvery === 0 ? installation.start() : installation.start(quickStart.settings, quickStart.node);
    let server = await start(0);
    workload.callAt(server.url);
    workload.start();
    const random = randomFrom(5);
    await repeat(kills, async (round) => {
      await pause(random() * longestLifeMs);
      const killedAt = performance.now();
      await server.kill();
      server = await start(round);
      workload.callAt(server.url);
      await workload.recovered(killedAt);
    });
    await workload.stop();
    await server.stop();
    return workload.rows();
  },
};
