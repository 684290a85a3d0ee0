import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { built } from '../../src/package-root.js';
import type { Installation } from '../faults/installation.js';
import { knownList } from '../http/service.js';

export interface Imported {
  readonly seconds: number;
  readonly peakMb: number;
  readonly hashes: number;
}

const watchEveryMs = 50;
const answer = z.looseObject({
  state: z.string(),
  failure: z.string().nullable(),
  report: z.looseObject({ hashes: z.number(), new: z.number(), records: z.number() }),
});

/** Runs `vigie import`. @throws if a record is not new. */
export async function vigieImport({ databaseUrl, dataDir, dataKey }: Installation, file: string): Promise<Imported> {
  const env = {
    ...{ PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', VIGIE_DATA_DIR: dataDir, VIGIE_IMAGING_PROCESSES: '1' },
    ...(databaseUrl && { DATABASE_URL: databaseUrl, VIGIE_DATA_KEY: dataKey }),
  };
  const startedAt = performance.now();
  const arguments_ = ['--max-semi-space-size=64', built('src/cli.js'), 'import', file, '--list', knownList.id, '--json'];
  const child = spawn(process.execPath, arguments_, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let peakMb = 0;
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid));
  }, watchEveryMs);
  const [stdout] = await Promise.all([text(child.stdout), once(child, 'close')]).finally(() => clearInterval(watch));
  const seconds = (performance.now() - startedAt) / 1_000;
  const { state, failure, report } = answer.parse(JSON.parse(stdout));
  if (state !== 'promoted' || report.new !== report.records)
    throw new Error(`the import is ${state}: ${failure ?? 'not all new'}`);
  return { seconds, peakMb, hashes: report.hashes };
}

/** The largest resident size so far, in MB (Linux only). */
function peakOf(pid: number | undefined): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1_000;
  } catch {
    return 0;
  }
}
