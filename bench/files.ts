import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.js';
import { renderCharts, renderReport, renderSummary, withSummary } from './report.js';

const resultsFolder = join(packageRoot(), 'bench', 'results');

export function readResult(file: string): unknown {
  const path = join(resultsFolder, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

export async function writeResult(file: string, results: object): Promise<void> {
  await mkdir(resultsFolder, { recursive: true });
  await writeFile(join(resultsFolder, file), `${JSON.stringify(results, null, 2)}\n`);
}

export async function writeReport(): Promise<void> {
  await writeFile(join(packageRoot(), 'BENCH.md'), renderReport(readResult));
  for (const [file, svg] of renderCharts(readResult)) await writeFile(join(packageRoot(), file), svg);
  const readme = join(packageRoot(), 'README.md');
  const summary = renderSummary(readResult);
  if (summary && existsSync(readme)) await writeFile(readme, withSummary(await readFile(readme, 'utf8'), summary));
}
