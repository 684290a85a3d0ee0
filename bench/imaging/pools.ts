import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { built } from '../../src/package-root.js';
import { photographs } from '../http/photographs.js';
import { median } from '../statistics.js';
import type { PoolResult } from './results.js';

const rounds = 3;
const windowMs = 1_500;
type Pool = Omit<PoolResult, 'perSecond'>;

/** The second pool has the settings of src/imaging/. */
function pools(): Pool[] {
  const cores = availableParallelism();
  const usual = { processes: cores, uvThreads: 2, vipsThreads: 1 };
  return [
    { ...usual, processes: 1 },
    usual,
    { ...usual, uvThreads: 1 },
    { ...usual, uvThreads: 4 },
    { ...usual, vipsThreads: 2 },
    { ...usual, processes: 2 * cores },
  ];
}

export async function comparePools(): Promise<PoolResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-bench-'));
  const images = await photographs({ width: 640, height: 480 });
  const paths = images.map((_, at) => join(folder, `${at}.jpg`));
  await Promise.all(images.map((bytes, at) => writeFile(paths[at] ?? '', bytes)));
  const samples = pools().map((pool) => ({ pool, perSecond: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { pool, perSecond } of samples) perSecond.push(await run(pool, paths));
  }
  await rm(folder, { recursive: true });
  return samples.map(({ pool, perSecond }) => ({ ...pool, perSecond: median(perSecond) }));
}

async function run({ processes, uvThreads, vipsThreads }: Pool, paths: readonly string[]): Promise<number> {
  const children = Array.from({ length: processes }, () =>
    fork(built('bench/imaging/pool.process.js'), [String(vipsThreads), ...paths], {
      env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: String(uvThreads) },
      execArgv: [],
    }),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  await delay(windowMs / 5);
  const before = await counts(children);
  const began = performance.now();
  await delay(windowMs);
  const after = await counts(children);
  const seconds = (performance.now() - began) / 1_000;
  for (const child of children) child.disconnect();
  return (after - before) / seconds;
}

async function counts(children: readonly ChildProcess[]): Promise<number> {
  const answers = children.map(async (child) => {
    const answer = once(child, 'message');
    child.send('count');
    return Number((await answer)[0]);
  });
  return (await Promise.all(answers)).reduce((sum, count) => sum + count, 0);
}
