/**
 * The thread that runs PGlite on `<dataDir>/postgres`.
 *
 * PGlite blocks the thread that calls it (an HNSW build gave no timer tick in 7.8 s). Every error that escapes ends the thread:
 * after FATAL, or a job left unanswered, the engine inside is lost, and `Engine` starts another.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { z } from 'zod';
import { copyRefusal } from './copy.js';
import { type FromEngine, toEngine } from './messages.js';
import { Output } from './output.js';
import { message, startup, strings, sync } from './protocol.js';

const { dataDir } = z.object({ dataDir: z.string() }).parse(workerData);

function post(reply: FromEngine): void {
  const transfer = 'bytes' in reply ? [reply.bytes.buffer as ArrayBuffer] : [];
  parentPort?.postMessage(reply, transfer);
}

function open(directory: string): Promise<PGlite> {
  return PGlite.create({ dataDir: directory, extensions: { vector } });
}

/** The first database is made beside its place and moved there whole: a kill while PGlite copies files leaves nothing half made. */
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

async function answer(pg: PGlite, bytes: Uint8Array, output: Output): Promise<void> {
  const job = new Uint8Array(bytes.length + copyRefusal.length);
  job.set(bytes);
  job.set(copyRefusal, bytes.length);
  await pg.execProtocolRawStream(job, { onRawData: (chunk) => output.push(chunk) });
}

/** Runs a job and posts its answer as it comes. Throws when the engine did not get to ReadyForQuery where it must. */
async function run(pg: PGlite, bytes: Uint8Array, endsInReady: boolean): Promise<void> {
  const output = new Output((part) => post({ kind: 'output', bytes: part }));
  try {
    await answer(pg, bytes, output);
    // A refused COPY has swallowed the Sync of its job, and waits for another.
    if (endsInReady && !output.status()) await answer(pg, sync, output);
    if (endsInReady && !output.status()) throw new Error('the engine left a job without ReadyForQuery');
  } finally {
    output.flush();
  }
  post({ kind: 'done', idle: endsInReady && output.status() === 'I' });
}

/** What a new connection is answered: taken once, so that connecting never waits for somebody's transaction. */
async function greet(pg: PGlite): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  await pg.execProtocolRawStream(startup('postgres', 'postgres'), { onRawData: (chunk) => parts.push(chunk.slice()) });
  // The engine repeats the settings it reports after the first query: not to a client.
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
