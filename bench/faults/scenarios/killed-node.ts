import { setTimeout as pause } from 'node:timers/promises';
import { randomFrom } from '../../random.js';
import { durabilitySpec, Workload } from '../durability.js';
import type { FaultScenario } from '../scenario.js';

const kills = 500;
const longestLifeMs = 1_000;

export const killedNode: FaultScenario = {
  name: 'killed-node',
  goal: 'A node is killed at random moments under load. No acknowledged entry and no record of a verdict is lost.',
  async run({ install, rounds = kills }) {
    const installation = await install(durabilitySpec);
    const workload = new Workload(installation);
    await workload.prepare();
    let server = await installation.start();
    workload.callAt(server.url);
    workload.start();
    const random = randomFrom(5);
    for (let round = 0; round < rounds; round++) {
      await pause(random() * longestLifeMs);
      const killedAt = performance.now();
      await server.kill();
      server = await installation.start();
      workload.callAt(server.url);
      await workload.recovered(killedAt);
    }
    await workload.stop();
    await server.stop();
    return workload.rows();
  },
};
