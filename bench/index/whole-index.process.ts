/** Child process: measures the index as the service runs it. Prints one JSON line. Arguments: hashes, radius. */
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { MemoryIndex } from '../../src/index/memory.js';
import { writeSnapshot } from '../../src/index/snapshot-writer.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { built } from '../../src/package-root.js';
import { percentile } from '../statistics.js';
import { entryOf, pagesOf } from './indexed-entries.js';
import { round } from './measure.js';
import type { EngineResult } from './results.js';
import { makeWorkload, type Query } from './workload.js';

const batchSize = 256;
const concurrentBatches = 4;
const measureMs = 3_000;
/** More than the 16 384 changes that start a compaction. */
const addedRows = 20_000;

const [count = 0, radius = 31] = process.argv.slice(2).map(Number);
const threads = availableParallelism();
const resident = () => process.memoryUsage.rss() / 2 ** 20;

const { hashes, queries } = makeWorkload(count, radius, 2_048);
const compactions: number[] = [];
const workers = await startIndexWorkerPool(threads);
const index = new MemoryIndex({
  ...workers,
  async compact(task) {
    const startedAt = performance.now();
    await workers.compact(task);
    compactions.push(performance.now() - startedAt);
  },
});
const startedAt = performance.now();
await index.load(pagesOf(hashes), count);
const buildMs = performance.now() - startedAt;
const engine = await askBatches(queries);
const before = resident();
for (let row = 0; row < addedRows; row++) index.add(entryOf(count + row + 1, hashes.subarray(row * 32, row * 32 + 32)));
while (compactions.length === 0) await pause(5);
const after = resident();
console.log(
  JSON.stringify({
    engine: { ...engine, buildMs: round(buildMs), bytesPerHash: round(((after - hashes.length / 2 ** 20) * 2 ** 20) / count) },
    residentMiB: round(after - hashes.length / 2 ** 20),
    compaction: { rows: addedRows, ms: round(compactions[0] ?? 0), extraMiB: round(after - before) },
    snapshotLoadMs: await timeLoad(index),
  }),
);
await index.close();
await workers.close();

async function timeLoad(from: MemoryIndex): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  try {
    const path = join(folder, 'index.snapshot');
    const key = randomBytes(32);
    const { names, slices } = from.snapshot();
    await writeSnapshot(path, { position: { epoch: randomUUID(), snapshot: '1:1:' }, version: '1', ...names }, slices, key);
    const { stdout } = await promisify(execFile)(process.execPath, [
      built('bench/index/snapshot-load.process.js'),
      path,
      key.toString('hex'),
    ]);
    const loaded = z.strictObject({ hashes: z.number(), ms: z.number() }).parse(JSON.parse(stdout));
    if (loaded.hashes !== from.size) throw new Error(`the snapshot restored ${loaded.hashes} of ${from.size} hashes`);
    return loaded.ms;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function askBatches(all: readonly Query[]): Promise<EngineResult> {
  const batches = Array.from({ length: all.length / batchSize }, (_, at) => all.slice(at * batchSize, (at + 1) * batchSize));
  const times: number[] = [];
  let expected = 0;
  let found = 0;
  const askUntil = async (stopAt: number, first: number) => {
    for (let next = first; performance.now() < stopAt; next++) {
      const batch = batches[next % batches.length] ?? [];
      const hexes = batch.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
      const askedAt = performance.now();
      const answers = await index.search('pdq', hexes, radius);
      times.push((performance.now() - askedAt) / batchSize);
      for (const [at, { stored }] of batch.entries()) {
        if (stored === undefined) continue;
        expected++;
        if (answers[at]?.some(({ ordinal }) => ordinal === stored + 1)) found++;
      }
    }
  };
  const run = (ms: number) =>
    Promise.all(Array.from({ length: concurrentBatches }, (_, first) => askUntil(performance.now() + ms, first)));
  await run(measureMs / 4);
  times.length = expected = found = 0;
  const began = performance.now();
  await run(measureMs);
  const seconds = (performance.now() - began) / 1_000;
  const sorted = Float64Array.from(times).sort();
  return {
    engine: 'multi-index, all workers',
    buildMs: 0,
    bytesPerHash: 0,
    recall: found / expected,
    p50Us: round(percentile(sorted, 0.5) * 1_000),
    p99Us: round(percentile(sorted, 0.99) * 1_000),
    queriesPerSecond: round((times.length * batchSize) / seconds),
    threads,
    checked: false,
  };
}
