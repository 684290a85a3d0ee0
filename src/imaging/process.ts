/**
 * The imaging process, which decodes untrusted bytes. It holds no database, no key and no stored hash. It starts an image only
 * when the previous answer and the notice of this start are in the pipe, so if it dies, the parent knows which image it was decoding
 * (docs/decisions/0001-one-image-per-imaging-child.md).
 */
import { Piscina } from 'piscina';
import type { ImageResult, ImageSettings, ImageTask } from '../../native-free-workers/image-task.js';
import { built } from '../package-root.js';
import type { Answer, Task } from './protocol.js';

const settings: ImageSettings = JSON.parse(process.argv[2] ?? '{}');

const pool = new Piscina<ImageTask, ImageResult>({
  filename: built('native-free-workers/image.worker.js'),
  minThreads: 1,
  maxThreads: 1,
  concurrentTasksPerWorker: 1,
  idleTimeout: Number.POSITIVE_INFINITY,
  workerData: settings,
});
// Piscina does not replace a worker that fails to load, so this process must end.
pool.on('error', giveUp);

// A terminal signals the whole process group, but the parent decides when to end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const waiting: Task[] = [];
let busy = false;

// The parent has ended. An orderly exit would wait for native code in the worker thread.
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
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      await send({ started: task.id });
      await send({ id: task.id, result: await decode(task) });
    }
  } catch (error) {
    giveUp(error);
  }
  busy = false;
}

/** Copies the bytes, because other messages share their buffer. */
function decode({ bytes, purpose }: ImageTask): Promise<ImageResult> {
  const own = new Uint8Array(bytes);
  return pool.run({ bytes: own, purpose }, { transferList: [own.buffer] });
}

/** Resolves when the message is in the pipe. */
function send(answer: Answer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(answer, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });
}

/** EX_SOFTWARE of sysexits: a fault of our code. A crash of native code is a signal. */
const softwareFault = 70;

function giveUp(error: unknown): void {
  process.stderr.write(`imaging process ends: ${error instanceof Error ? error.message : 'unknown fault'}\n`);
  process.exit(softwareFault);
}

// An empty file makes the worker thread load everything.
await decode({ bytes: new Uint8Array(), purpose: 'query' });
await send({ ready: true });
