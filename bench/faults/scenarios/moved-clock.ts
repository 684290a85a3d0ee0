import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { durabilitySpec, Workload } from '../durability.js';
import type { FaultScenario } from '../scenario.js';

const times = 40;
const movedMs = 2_000;
const offsets = ['+3600', '+0', '-3600', '+0'];
const libraries = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`);

export const movedClock: FaultScenario = {
  name: 'moved-clock',
  goal: 'The clock of the node jumps by an hour, in both directions. Keys stay valid, entries match until they expire, and nothing waits for the clock.',
  async run({ database, install, repeat }) {
    const library = libraries.find((path) => existsSync(path));
    if (!library) throw new Error('libfaketime is not installed. On Debian: apt-get install libfaketime');
    const installation = await install(durabilitySpec);
    const workload = new Workload(installation);
    await workload.prepare();
    const offsetFile = join(installation.dataDir, 'clock-offset');
    writeFileSync(offsetFile, '+0');
    const server = await installation.start({
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: offsetFile,
      FAKETIME_CACHE_DURATION: '1',
      // Linux never moves the monotonic clock.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    workload.callAt(server.url);
    // The embedded database has the clock of the node.
    const expiring = database === 'postgres' ? await workload.enrolExpiring(30 * 60_000) : undefined;
    workload.start();
    let expired = 0;
    await repeat(times, async (round) => {
      const movedAt = performance.now();
      writeFileSync(offsetFile, offsets[round % offsets.length] ?? '+0');
      await workload.recovered(movedAt);
      await pause(movedMs);
      if (expiring && !(await workload.isKnown(expiring))) expired++;
    });
    const refused = workload.answered(401);
    await workload.stop();
    await server.stop();
    return [
      ...(await workload.rows()),
      { measured: 'answers that refuse a valid key', value: refused, unit: '', maximum: 0 },
      ...(expiring ? [{ measured: 'entries that expire early', value: expired, unit: '', maximum: 0 }] : []),
    ];
  },
};
