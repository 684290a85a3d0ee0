/** Opens a page without a driver: the page posts its results (web-page.ts). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe } from 'vitest';

const path = '/usr/bin/chromium';
const present = existsSync(path);
const reason = `${path} is not there: apt-get install chromium`;

if (!present && process.env.CI === 'true') throw new Error(reason);
if (!present) process.stderr.write(`skipping tests: ${reason}\n`);

export const describeWithChromium = describe.skipIf(!present);

const flags = [
  '--headless=new',
  '--no-sandbox', // CI runs as root; the only page is ours
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--no-first-run',
  // The display must not change pixels.
  '--force-color-profile=srgb',
];

/** It must not outlive its test. */
const patienceMs = 40_000;

export async function withChromium<Value>(url: string, work: () => Promise<Value>): Promise<Value> {
  const profile = await mkdtemp(join(tmpdir(), 'vigie-chromium-'));
  const browser = spawn(path, [...flags, `--user-data-dir=${profile}`, url], { stdio: 'ignore', detached: true });
  const exited = once(browser, 'exit');
  const finished = new AbortController();
  try {
    const ended = exited.then(([code]) => Promise.reject(new Error(`Chromium ended with ${code}`)));
    const late = pause(patienceMs, undefined, { signal: finished.signal }).then(() =>
      Promise.reject(new Error('the page says nothing')),
    );
    return await Promise.race([work(), ended, late]);
  } finally {
    finished.abort();
    // Ends its helper processes as well.
    if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid, 'SIGKILL');
    await exited;
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
