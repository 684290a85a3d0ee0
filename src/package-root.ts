import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The directory that holds package.json: the same from `src/` (tests) and from `dist/src/` (production).
 *
 * Workers, kernels, migrations and assets are found from here, so that tests run the very files production runs.
 */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error('package.json not found above the code: the installation is incomplete');
    directory = parent;
  }
  return directory;
}

/** Path of a compiled file, e.g. `built('src/imaging/process.js')`: worker threads and child processes always load compiled code. */
export function built(path: string): string {
  return join(packageRoot(), 'dist', path);
}
