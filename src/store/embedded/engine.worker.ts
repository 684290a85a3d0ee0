/**
 * Runs PGlite on `<dataDir>/postgres`. PGlite blocks its thread: an HNSW build let no timer run for 7.8 s.
 *
 * Every error ends the thread, because PGlite is unusable after FATAL or an unanswered job.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { z } from 'zod';
import { copyRefusal } from './copy-refusal.js';
import { JobOutput } from './job-output.js';
import { message, startup, strings, sync } from './protocol.js';
import { type FromEngine, toEngine } from './worker-messages.js';

const { dataDir } = z.object({ dataDir: z.string() }).parse(workerData);

function post(reply: FromEngine): void {
  const transfer = 'bytes' in reply ? [reply.bytes.buffer as ArrayBuffer] : [];
  parentPort?.postMessage(reply, transfer);
}

function open(directory: string): Promise<PGlite> {
  return PGlite.create({ dataDir: directory, extensions: { vector } });
}

/** Creates a database under another name first, so that a kill leaves no half-made one. */
async function openDatabase(): Promise<PGlite> {
  const place = join(dataDir, 'postgres');
  if (!existsSync(join(place, 'PG_VERSION'))) {
    const draft = join(dataDir, 'postgres.new');
    rmSync(draft, { recursive: true, force: true });
    await (await open(draft)).close();
    renameSync(draft, place);
  }
  return open(place);
}

async function answer(pg: PGlite, bytes: Uint8Array, output: JobOutput): Promise<void> {
  const job = new Uint8Array(bytes.length + copyRefusal.length);
  job.set(bytes);
  job.set(copyRefusal, bytes.length);
  await pg.execProtocolRawStream(job, { onRawData: (chunk) => output.push(chunk) });
}

async function run(pg: PGlite, bytes: Uint8Array, endsInReady: boolean): Promise<void> {
  const output = new JobOutput((part) => post({ kind: 'output', bytes: part }));
  try {
    await answer(pg, bytes, output);
    // A refused COPY has consumed the Sync of its job.
    if (endsInReady && !output.status()) await answer(pg, sync, output);
    if (endsInReady && !output.status()) throw new Error('the engine left a job without ReadyForQuery');
  } finally {
    output.flush();
  }
  post({ kind: 'done', idle: endsInReady && output.status() === 'I' });
}

/** The answer to every startup packet. Taken once, so that connecting never waits for a transaction. */
async function greet(pg: PGlite): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  await pg.execProtocolRawStream(startup('postgres', 'postgres'), { onRawData: (chunk) => parts.push(chunk.slice()) });
  // The first query would report the settings again.
  await pg.execProtocolRawStream(message('Q', strings('select 1')), { onRawData: () => {} });
  return Uint8Array.from(Buffer.concat(parts));
}

const pg = await openDatabase();
post({ kind: 'ready', greeting: await greet(pg) });
parentPort?.on('message', async (value) => {
  const request = toEngine.parse(value);
  if (request.kind === 'run') return run(pg, request.bytes, request.endsInReady);
  await pg.close();
  parentPort?.close();
});
