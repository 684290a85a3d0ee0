import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

it('a VICS file of 80 MB is read in a process with a heap of 48 MB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-formats-'));
  const script = join(packageRoot(), 'dist', 'bench', 'formats', 'read.process.js');
  const { stdout, status } = spawnSync(process.execPath, ['--max-old-space-size=48', script, 'vics', '100000', folder], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  expect(status).toBe(0);
  const [megabytes = 0, , , peak = 0] = (stdout.match(/\d+/g) ?? []).map(Number);
  expect(megabytes).toBeGreaterThan(80);
  expect(peak).toBeLessThan(250);
});
