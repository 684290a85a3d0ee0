/** Debian's Chromium, headless: opens one page of ours and is ended. No driver: the page itself tells the server what it found. */
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

/** `describe`, skipped where Chromium is absent; in CI its absence is an error. */
export const describeWithChromium = describe.skipIf(!present);

const flags = [
  '--headless=new',
  '--no-sandbox', // CI runs as root; the only page is ours
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--no-first-run',
  // Pixels as they are in the file, whatever the display of the machine.
  '--force-color-profile=srgb',
];

/** It starts in a second; then something is wrong, and it must not outlive the test that waits for it. */
const patienceMs = 40_000;

/** Shows `url` for as long as `work` takes, at most 40 s. */
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
    // Its helpers are in its process group.
    if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid, 'SIGKILL');
    await exited;
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
