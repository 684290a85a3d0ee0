/**
 * The imaging process: where hostile bytes are decoded. It holds no database, no key and no hash of anybody; its parent is
 * `client.ts`, which may kill it at any moment.
 *
 * One worker thread, one image at a time, first come first decoded, and the next image is begun only when the answer of the one before
 * is in the pipe. So when this process dies, the oldest unanswered image is exactly the one that was being decoded
 * (docs/decisions/0001-one-image-per-imaging-child.md).
 */
import { Piscina } from 'piscina';
import type { ImageResult, ImageSettings, ImageTask } from '../../native-free-workers/image-task.js';
import { built } from '../package-root.js';
import type { Answer, Task } from './protocol.js';

// From the parent, which wrote it with JSON.stringify.
const settings: ImageSettings = JSON.parse(process.argv[2] ?? '{}');

const pool = new Piscina<ImageTask, ImageResult>({
  filename: built('native-free-workers/image.worker.js'),
  minThreads: 1,
  maxThreads: 1,
  concurrentTasksPerWorker: 1,
  idleTimeout: Number.POSITIVE_INFINITY,
  workerData: settings,
});
// A worker that fails to load is not replaced and its tasks never settle: the parent must see this process die instead.
pool.on('error', giveUp);

// A terminal or a supervisor signals the whole group: the parent decides when the last image is answered.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const waiting: Task[] = [];
let busy = false;

// The parent is gone, even if by kill -9, even if before this line. A worker thread inside native code would hold up an orderly exit.
const end = (): boolean => process.kill(process.pid, 'SIGKILL');
process.on('disconnect', end);
if (!process.connected) end();
process.on('message', (task: Task) => {
  waiting.push(task);
  void work();
});

async function work(): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    for (let task = waiting.shift(); task; task = waiting.shift()) await send({ id: task.id, result: await decode(task) });
  } catch (error) {
    giveUp(error);
  }
  busy = false;
}

/** The bytes came as a view of a buffer shared with other messages, which must not move: one copy, and that is moved to the thread. */
function decode({ bytes, purpose }: ImageTask): Promise<ImageResult> {
  const own = new Uint8Array(bytes);
  return pool.run({ bytes: own, purpose }, { transferList: [own.buffer] });
}

/** Resolves when the answer is in the pipe, where it outlives this process. */
function send(answer: Answer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(answer, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });
}

/** EX_SOFTWARE of sysexits: in the log `code 70` is a fault of our own code, where a crash of native code is a signal. */
const ownFault = 70;

function giveUp(error: unknown): void {
  process.stderr.write(`imaging process gives up: ${error instanceof Error ? error.message : 'unknown fault'}\n`);
  process.exit(ownFault);
}

// An empty file makes the worker thread load everything; any answer means that it can work.
await decode({ bytes: new Uint8Array(), purpose: 'query' });
await send({ ready: true });
