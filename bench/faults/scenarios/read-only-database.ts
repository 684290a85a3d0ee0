import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { durabilitySpec, Workload } from '../durability.js';
import type { FaultScenario } from '../scenario.js';

const times = 20;
const readOnlyMs = 2_000;

export const readOnlyDatabase: FaultScenario = {
  name: 'read-only-database',
  goal: 'PostgreSQL becomes read-only for two seconds. Matching goes on, and every verdict of that time is recorded afterwards.',
  only: 'postgres',
  async run({ install, repeat }) {
    const installation = await install(durabilitySpec);
    const workload = new Workload(installation);
    await workload.prepare();
    const server = await installation.start();
    workload.callAt(server.url);
    workload.start();
    await repeat(times, async () => {
      await setReadOnly(installation.databaseUrl ?? '', 'on');
      await pause(readOnlyMs);
      const writableAt = performance.now();
      await setReadOnly(installation.databaseUrl ?? '', 'off');
      await workload.recovered(writableAt);
    });
    await workload.stop();
    await server.stop();
    return workload.rows();
  },
};

/** Ends all sessions, because a session keeps its setting. */
async function setReadOnly(connectionString: string, value: 'on' | 'off'): Promise<void> {
  const name = new URL(connectionString).pathname.slice(1);
  const client = new pg.Client({ connectionString, options: '-c default_transaction_read_only=off' });
  await client.connect();
  await client.query(`alter database ${pg.escapeIdentifier(name)} set default_transaction_read_only = ${value}`);
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await client.end();
}
