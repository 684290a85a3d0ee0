import { setTimeout as pause } from 'node:timers/promises';
import { randomFrom } from '../../random.js';
import { durabilitySpec, Workload } from '../durability.js';
import { findServer, killBackend, killServer, startServer } from '../postgres-server.js';
import type { FaultScenario } from '../scenario.js';

const crashes = 100;
const longestPauseMs = 1_000;

export const crashedDatabase: FaultScenario = {
  name: 'crashed-database',
  goal: 'PostgreSQL is killed under load: in turn one of its processes, its main process, and all at once. It recovers from its log, and nothing that was acknowledged is lost.',
  only: 'postgres',
  async run({ install, repeat }) {
    const installation = await install(durabilitySpec);
    const { databaseUrl = '' } = installation;
    const postgres = await findServer(databaseUrl);
    const workload = new Workload(installation);
    await workload.prepare();
    const server = await installation.start();
    workload.callAt(server.url);
    workload.start();
    const random = randomFrom(6);
    const ways = [
      () => killBackend(databaseUrl),
      () => killServer(postgres, 'SIGKILL').then(() => startServer(postgres)),
      () => killServer(postgres, 'SIGQUIT').then(() => startServer(postgres)),
    ];
    await repeat(crashes, async (round) => {
      await pause(random() * longestPauseMs);
      const crashedAt = performance.now();
      await ways[round % ways.length]?.();
      await workload.recovered(crashedAt);
    });
    await workload.stop();
    await server.stop();
    return workload.rows();
  },
};
