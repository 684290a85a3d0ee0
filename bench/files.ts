/** The files of the benches: results in, BENCH.md and README's figures out. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.js';
import { renderReport, renderSummary, withSummary } from './report.js';

const resultsFolder = join(packageRoot(), 'bench', 'results');

function readResult(file: string): unknown {
  const path = join(resultsFolder, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

export async function writeResult(file: string, results: object): Promise<void> {
  await mkdir(resultsFolder, { recursive: true });
  await writeFile(join(resultsFolder, file), `${JSON.stringify(results, null, 2)}\n`);
}

/** Rewrites BENCH.md, and the part of README.md between its markers. */
export async function writeReport(): Promise<void> {
  await writeFile(join(packageRoot(), 'BENCH.md'), renderReport(readResult));
  const readme = join(packageRoot(), 'README.md');
  const summary = renderSummary(readResult);
  if (summary && existsSync(readme)) await writeFile(readme, withSummary(await readFile(readme, 'utf8'), summary));
}
