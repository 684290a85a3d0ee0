import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { packageRoot } from '../../../src/package-root.js';
import { durabilitySpec, Workload } from '../durability.js';
import { findServer, isRunning, startServer } from '../postgres-server.js';
import type { FaultScenario } from '../scenario.js';
import { SmallDisk } from '../small-disk.js';

const times = 20;
const fullMs = 3_000;
const megabytes = 256;

export const diskFull: FaultScenario = {
  name: 'disk-full',
  goal: `The disk of the database is full for ${fullMs / 1_000} s. Matching goes on, a refused write is answered with 503, and nothing that was acknowledged is lost.`,
  async run({ database, install, repeat }) {
    const disk = new SmallDisk(megabytes);
    const script = join(packageRoot(), '.ci/postgres');
    const folder = join(disk.path, 'server');
    const serverUrl = database === 'postgres' ? execFileSync(script, ['start', folder], { encoding: 'utf8' }).trim() : undefined;
    try {
      const installation = await install({ ...durabilitySpec, folder: disk.path, serverUrl });
      const postgres = serverUrl === undefined ? undefined : await findServer(serverUrl);
      const workload = new Workload(installation);
      await workload.prepare();
      const server = await installation.start();
      workload.callAt(server.url);
      workload.start();
      const whileFull = { verdicts: 0, refusals: 0 };
      await repeat(times, async () => {
        const before = { verdicts: workload.answered(200), refusals: workload.answered(503) };
        disk.fill();
        await pause(fullMs);
        whileFull.verdicts += workload.answered(200) - before.verdicts;
        whileFull.refusals += workload.answered(503) - before.refusals;
        const freedAt = performance.now();
        disk.free();
        // Without space for its log PostgreSQL stops, and its supervisor has to start it again.
        if (postgres && !isRunning(postgres)) await startServer(postgres);
        await workload.recovered(freedAt);
      });
      await workload.stop();
      await server.stop();
      return [
        ...(await workload.rows()),
        { measured: 'writes refused while the disk is full', value: whileFull.refusals, unit: '', minimum: 1 },
        { measured: 'verdicts while the disk is full', value: whileFull.verdicts, unit: '', minimum: 1 },
      ];
    } finally {
      if (serverUrl) execFileSync(script, ['stop', folder]);
      disk.remove();
    }
  },
};
