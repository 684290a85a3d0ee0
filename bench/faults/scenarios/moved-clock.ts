import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { durabilitySpec, Workload } from '../durability.js';
import type { FaultScenario } from '../scenario.js';

const times = 40;
const movedMs = 2_000;
const offsetsInSeconds = [3_600, 0, -3_600, 0];
const toleranceMs = 60_000;
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
      const offset = offsetsInSeconds[round % offsetsInSeconds.length] ?? 0;
      writeFileSync(offsetFile, `${offset < 0 ? '' : '+'}${offset}`);
      await workload.recovered(movedAt);
      await pause(movedMs);
      await assertClock(server.url, offset * 1_000);
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

/** Otherwise a library that does nothing would pass. */
async function assertClock(url: string, offsetMs: number): Promise<void> {
  const { headers } = await fetch(`${url}/healthz`);
  const found = Date.parse(headers.get('date') ?? '') - Date.now();
  if (!(Math.abs(found - offsetMs) < toleranceMs))
    throw new Error(`the clock of the node is off by ${found} ms, expected ${offsetMs}`);
}
