/** `npm run bench:index`: compares search engines on the same hashes and queries. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { built } from '../../src/package-root.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { type Contender, LinearScan, loadKernels, MultiIndex } from './contenders.js';
import { measureHeaps } from './heaps.js';
import { measure } from './measure.js';
import { type Options, readOptions } from './options.js';
import { startPostgres } from './pgvector.js';
import { compactionSchema, engineSchema, type IndexDocument, indexDocumentSchema } from './results.js';
import { engineTable } from './section.js';
import { makeWorkload, type Workload } from './workload.js';

const usualSizes = [100_000, 300_000, 1_000_000, 4_300_000];
const fullSizes = [...usualSizes, 10_000_000];
/** Above this, HNSW takes many minutes to build. */
const maxForPostgres = 300_000;
const wholeIndexSchema = z.strictObject({
  engine: engineSchema,
  residentMiB: z.number(),
  compaction: compactionSchema,
  snapshotLoadMs: z.number(),
});

const options = readOptions(process.argv);
if (options.suite === 'none') {
  const document = await bench(options);
  console.log(options.json ? JSON.stringify(document, null, 2) : engineTable(document));
} else {
  const documents: IndexDocument[] = [];
  for (const hashes of options.suite === 'full' ? fullSizes : usualSizes) documents.push(await benchApart(hashes, options));
  await writeResult('index.json', documents);
  await writeReport();
}

async function bench({ hashes, radius, queries, embedded }: Options): Promise<IndexDocument> {
  // Runs first, while this process holds no data.
  const wholeIndex = await child('bench/index/whole-index.process.js', [String(hashes), String(radius)]);
  const { engine, ...costs } = wholeIndexSchema.parse(wholeIndex);
  console.error(`${hashes} hashes, radius ${radius}`);
  const work = makeWorkload(hashes, radius, queries);
  const kernels = await loadKernels();
  const index = new MultiIndex(kernels, work.hashes);
  const scan = new LinearScan(kernels, index.shard);
  const engines = await measure([index, scan], work);
  const database = process.env.DATABASE_URL;
  if (database || embedded) engines.push(...(await measurePostgres(database, work)));
  return {
    environment: describeEnvironment('Queries run one after another on one thread, except for "all workers".'),
    hashes,
    radius,
    queries,
    engines: [...engines, engine],
    ...costs,
    heaps: measureHeaps(index, scan, work),
  };
}

async function measurePostgres(databaseUrl: string | undefined, work: Workload) {
  const postgres = await startPostgres(databaseUrl, work);
  try {
    return await measure(postgres.contenders satisfies readonly Contender[], work);
  } finally {
    await postgres.close();
  }
}

/** Runs in a child process, because shared memories are only freed when their process ends. */
async function benchApart(hashes: number, { radius, queries, embedded }: Options): Promise<IndexDocument> {
  const postgres = hashes <= maxForPostgres;
  const args = ['--hashes', String(hashes), '--radius', String(radius), '--queries', String(queries), '--json'];
  const document = await child(
    'bench/index/run.js',
    postgres && embedded ? [...args, '--embedded'] : args,
    postgres ? process.env : { ...process.env, DATABASE_URL: '' },
  );
  return indexDocumentSchema.parse(document);
}

async function child(script: string, args: readonly string[], env = process.env): Promise<unknown> {
  const running = promisify(execFile)(process.execPath, [built(script), ...args], { env, maxBuffer: 2 ** 26 });
  running.child.stderr?.pipe(process.stderr);
  return JSON.parse((await running).stdout);
}
