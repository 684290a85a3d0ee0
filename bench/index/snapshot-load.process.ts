/** Child process: loads a sealed snapshot after a cold start. Prints `{hashes, ms}`. Arguments: file, key in hexadecimal. */
import { availableParallelism } from 'node:os';
import { MemoryIndex } from '../../src/index/memory.js';
import { readSnapshot } from '../../src/index/snapshot-reader.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { round } from './measure.js';

const [path = '', key = ''] = process.argv.slice(2);
const workers = await startIndexWorkerPool(availableParallelism());
const index = new MemoryIndex(workers);
const startedAt = performance.now();
await readSnapshot(path, Buffer.from(key, 'hex'), ({ header, records, maxRecords }) =>
  index.restore(header, records, maxRecords),
);
console.log(JSON.stringify({ hashes: index.size, ms: round(performance.now() - startedAt) }));
await index.close();
await workers.close();
