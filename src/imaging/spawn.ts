import { type ChildProcess, fork } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { built } from '../package-root.js';
import type { Decoder } from './options.js';
import type { ImageSettings } from './protocol.js';

/** With `--no-addons`, Node loads no native module, even in worker threads. */
const flags: Readonly<Record<Decoder, () => string[]>> = {
  native: () => [],
  wasm: () => ['--no-addons', '--import', pathToFileURL(built('native-free-workers/preload-wasm-sharp.js')).href],
};

/** The process sends `{ready}` when it can decode. */
export function spawnImagingProcess(decoder: Decoder, settings: ImageSettings): ChildProcess {
  return fork(built('src/imaging/process.js'), [JSON.stringify(settings)], {
    // No database and no keys. sharp needs a second thread in libuv's pool.
    env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '2' },
    execArgv: flags[decoder](),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
