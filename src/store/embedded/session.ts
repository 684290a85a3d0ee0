import { Worker } from 'node:worker_threads';
import { built } from '../../package-root.js';
import type { Job } from './framing.js';
import { fromEngine, type ToEngine } from './messages.js';
import { Turns } from './turns.js';

/** With the 4 MB default, deep recursion in SQL overflows JavaScript's stack and leaves a mute engine; with this it is error 54001. */
const stackSizeMb = 64;

/** One life of the engine, from the start of its thread to its end. */
export interface Session {
  /** The answer to any startup packet. */
  readonly greeting: Uint8Array;
  /** To be held around `run`, and over all jobs of a transaction. */
  readonly turns: Turns;
  /** Resolves with the reason when the thread has ended. */
  readonly ended: Promise<string>;
  /** Runs a job; its bytes are gone afterwards. True when no transaction is open then. Rejects when the engine is lost. */
  run(job: Job, onOutput: (bytes: Uint8Array) => void): Promise<boolean>;
  /** Closes the database; kills the thread when that takes more than `deadline` ms. */
  close(deadline: number): Promise<void>;
}

interface Running {
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly resolve: (idle: boolean) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the engine's thread and waits for the open database. Rejects when the database cannot be opened. */
export async function startSession(dataDir: string): Promise<Session> {
  const worker = new Worker(built('src/store/embedded/engine.worker.js'), {
    workerData: { dataDir },
    resourceLimits: { stackSizeMb },
    execArgv: [],
  });
  let running: Running | undefined;
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
    turns: new Turns(),
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

/** The thread's last words: its error when there was one. Output posted before has been delivered by then. */
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
