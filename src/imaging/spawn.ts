import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { pathToFileURL } from 'node:url';
import { built } from '../package-root.js';
import type { Decoder } from './options.js';
import type { ImageSettings } from './protocol.js';

/** With `--no-addons`, Node loads no native module, even in worker threads. */
const flags: Readonly<Record<Decoder, () => string[]>> = {
  native: () => [],
  wasm: () => ['--no-addons', '--import', pathToFileURL(built('native-free-workers/preload-wasm-sharp.js')).href],
};

/** A third of the CPU time that the service gets when both want all of it. More would starve the processes on a shared machine. */
const niceness = 5;

/** The process sends `{ready}` when it can decode. */
export function spawnImagingProcess(decoder: Decoder, settings: ImageSettings): ChildProcess {
  const child = fork(built('src/imaging/process.js'), [JSON.stringify(settings)], {
    // No database and no keys. sharp needs a second thread in libuv's pool.
    env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '2' },
    execArgv: flags[decoder](),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  if (child.pid !== undefined) yieldToService(child.pid);
  return child;
}

/** Decoding fills all cores. With the same priority, a hash match or a refusal waits for the end of a time slice. */
function yieldToService(pid: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // The process has ended already.
  }
}
