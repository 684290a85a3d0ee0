import { setTimeout as pause } from 'node:timers/promises';
import { startCutProxy } from '../cut-proxy.js';
import { durabilitySpec, Workload } from '../durability.js';
import type { FaultScenario } from '../scenario.js';

const times = 10;
const silentMs = 30_000;

export const swallowedPackets: FaultScenario = {
  name: 'swallowed-packets',
  goal: `The network to PostgreSQL swallows all packets for ${silentMs / 1_000} s and closes no connection. Matching goes on, and afterwards new connections work at once.`,
  only: 'postgres',
  async run({ install, repeat }) {
    const installation = await install(durabilitySpec);
    const workload = new Workload(installation);
    await workload.prepare();
    const proxy = await startCutProxy(installation.databaseUrl ?? '');
    const server = await installation.start({ DATABASE_URL: proxy.url });
    workload.callAt(server.url);
    workload.start();
    let verdicts = 0;
    await repeat(times, async () => {
      const before = workload.answered(200);
      proxy.swallow();
      await pause(silentMs);
      verdicts += workload.answered(200) - before;
      const mendedAt = performance.now();
      proxy.mend();
      await workload.recovered(mendedAt);
    });
    await workload.stop();
    await server.stop();
    await proxy.close();
    return [...(await workload.rows()), { measured: 'verdicts during the silence', value: verdicts, unit: '', minimum: 1 }];
  },
};
