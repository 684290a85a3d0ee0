import { Worker } from 'node:worker_threads';
import { built } from '../../package-root.js';
import type { Job } from './framing.js';
import { Mutex } from './mutex.js';
import { fromEngine, type ToEngine } from './worker-messages.js';

/** With the default of 4 MB, deep recursion in SQL overflows JavaScript's stack, and the engine stops answering. */
const stackSizeMb = 64;

export interface EngineThread {
  /** The answer to any startup packet. */
  readonly greeting: Uint8Array;
  /** Held around `run`, and from the first job of a transaction to the last. */
  readonly mutex: Mutex;
  readonly ended: Promise<string>;
  /** Transfers the job's bytes. True when no transaction is open afterwards. Rejects when the thread ends. */
  run(job: Job, onOutput: (bytes: Uint8Array) => void): Promise<boolean>;
  /** Kills the thread after `deadline` ms. */
  close(deadline: number): Promise<void>;
}

interface RunningJob {
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly resolve: (idle: boolean) => void;
  readonly reject: (error: Error) => void;
}

export async function startEngineThread(dataDir: string): Promise<EngineThread> {
  const worker = new Worker(built('src/store/embedded/engine.worker.js'), {
    workerData: { dataDir },
    resourceLimits: { stackSizeMb },
    execArgv: [],
  });
  let running: RunningJob | undefined;
  let loss: Error | undefined;
  const ended = endOf(worker);
  const greeting = await new Promise<Uint8Array>((resolve, reject) => {
    void ended.then((reason) => {
      loss = new Error(`the embedded database in ${dataDir}/postgres stopped: ${reason}`);
      reject(loss);
      running?.reject(loss);
    });
    worker.on('message', (value) => {
      const message = fromEngine.parse(value);
      if (message.kind === 'ready') resolve(message.greeting);
      if (message.kind === 'output') running?.onOutput(message.bytes);
      if (message.kind === 'done') running?.resolve(message.idle);
    });
  });
  return {
    greeting,
    mutex: new Mutex(),
    ended,
    run({ bytes, endsInReady }, onOutput) {
      if (loss) return Promise.reject(loss);
      send(worker, { kind: 'run', bytes, endsInReady });
      return new Promise<boolean>((resolve, reject) => {
        running = { onOutput, resolve, reject };
      });
    },
    async close(deadline) {
      const timer = setTimeout(() => void worker.terminate(), deadline);
      send(worker, { kind: 'close' });
      await ended;
      clearTimeout(timer);
    },
  };
}

/** The error or exit code of the thread, after its last output. */
function endOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    let reason: string | undefined;
    worker.on('error', (error: unknown) => {
      reason = error instanceof Error ? error.message : JSON.stringify(error);
    });
    worker.on('exit', (code) => resolve(reason ?? `exit code ${code}`));
  });
}

function send(worker: Worker, message: ToEngine): void {
  worker.postMessage(message, 'bytes' in message ? [message.bytes.buffer as ArrayBuffer] : []);
}
