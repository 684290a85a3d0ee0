import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from './run.js';

/** Hidden files below a folder are left out. @throws UsageError naming a missing path. */
export async function expandPaths(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found) throw new UsageError(`${path}: no such file or folder`);
    files.push(...(found.isDirectory() ? await filesUnder(path) : [path]));
  }
  return files;
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !join(entry.parentPath, entry.name).slice(folder.length).includes('/.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs `work` on `width` items at a time, and yields results in order. */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  for (const item of items) {
    const started = work(item);
    // Prevents an unhandled rejection until the result is awaited.
    started.catch(() => {});
    running.push(started);
    if (running.length >= width) yield (await running.shift()) as Result;
  }
  yield* running;
}
