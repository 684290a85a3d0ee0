import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { randomFrom } from '../../random.js';
import { durabilitySpec, Workload } from '../durability.js';
import type { FaultScenario } from '../scenario.js';

const crashes = 100;
const longestPauseMs = 1_000;

export const crashedDatabase: FaultScenario = {
  name: 'crashed-database',
  goal: 'A process of PostgreSQL is killed, so that the whole server recovers from its log. Nothing that was acknowledged is lost.',
  only: 'postgres',
  async run({ install, rounds = crashes }) {
    const installation = await install(durabilitySpec);
    const workload = new Workload(installation);
    await workload.prepare();
    const server = await installation.start();
    workload.callAt(server.url);
    workload.start();
    const random = randomFrom(6);
    for (let round = 0; round < rounds; round++) {
      await pause(random() * longestPauseMs);
      const crashedAt = performance.now();
      await crash(installation.databaseUrl);
      await workload.recovered(crashedAt);
    }
    await workload.stop();
    await server.stop();
    return workload.rows();
  },
};

/** Needs a server on this machine, and the right to signal it. PostgreSQL then ends all its processes and replays its log. */
async function crash(connectionString: string | undefined): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
  await ended;
}
