import { type ChildProcess, fork } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { built } from '../package-root.js';
import type { Decoder } from './options.js';
import type { ImageSettings } from './protocol.js';

/**
 * Flags of Node that decide which build of sharp an imaging process loads. `--no-addons` makes Node refuse every native module, in
 * worker threads too: with `wasm`, no native code but Node's own ever sees the bytes of an image, whatever sharp tries to load.
 */
const flags: Readonly<Record<Decoder, () => string[]>> = {
  native: () => [],
  wasm: () => ['--no-addons', '--import', pathToFileURL(built('native-free-workers/preload-wasm-sharp.js')).href],
};

/** Starts an imaging process; it says `{ready}` when it can decode. */
export function spawnImagingProcess(decoder: Decoder, settings: ImageSettings): ChildProcess {
  return fork(built('src/imaging/process.js'), [JSON.stringify(settings)], {
    // Nothing of the service's environment: no database, no keys. sharp needs a second thread in libuv's pool.
    env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '2' },
    execArgv: flags[decoder](),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
