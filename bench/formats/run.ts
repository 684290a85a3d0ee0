/**
 * `npm run bench:formats`: how fast each format reads, and with how much memory. A process per format writes a file, reads it, and
 * prints its figures. Arguments: --records N, --only FORMAT.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generatedFormats } from './generated-files.js';

const { values } = parseArgs({ options: { records: { type: 'string', default: '200000' }, only: { type: 'string' } } });
const script = fileURLToPath(new URL('read.process.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));

console.log('| format | MB | MB/s | records/s | peak RSS, MB |\n|---|---|---|---|---|');
for (const format of generatedFormats.filter((name) => values.only === undefined || name === values.only)) {
  const { status } = spawnSync(process.execPath, [script, format, values.records, folder], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
rmSync(folder, { recursive: true });
