import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This code runs from `src/` in tests and from `dist/src/` in production. */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error('package.json not found above the code: reinstall Vigie');
    directory = parent;
  }
  return directory;
}

/** Path of a compiled file. Workers and child processes run compiled code, in tests too. */
export function built(path: string): string {
  return join(packageRoot(), 'dist', path);
}
