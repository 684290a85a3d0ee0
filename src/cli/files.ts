import { isUtf8 } from 'node:buffer';
import { readFileSync, type Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { UsageError } from './run.js';

/** Names are bytes: Linux allows names that are not UTF-8. */
export type Path = Buffer;

export type Found =
  | { readonly path: Path }
  /** `given`: the command names it, and not only its folder. */
  | { readonly path: Path; readonly skipped: string; readonly given: boolean }
  | { readonly path: Path; readonly error: unknown };

/**
 * Finds the files that `paths` name, and those below folders. Hidden files below a folder are left out. Links to files are followed; links
 * to folders are not, because they may lead out of the folder, or in a circle.
 *
 * @throws UsageError naming a missing path.
 */
export async function findFiles(paths: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const path of bytesOfArguments(paths)) for (const one of await filesAt(path, true)) found.push(one);
  return found;
}

/** Bytes that are not UTF-8 or printable appear as `\xff`. */
export function nameOf(path: Path): string {
  if (isUtf8(path)) return path.toString();
  return [...path].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : escaped(byte))).join('');
}

/** A name that cannot end its line, or steer the terminal. */
export function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, (character) => escaped(character.charCodeAt(0)));
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Node decodes arguments as UTF-8 and loses the other bytes; Linux keeps them. */
function bytesOfArguments(paths: readonly string[]): Path[] {
  if (!paths.some((path) => path.includes('\ufffd'))) return paths.map((path) => Buffer.from(path));
  const given = rawArguments();
  return paths.map((path) => {
    const at = given.findIndex((one) => one.toString() === path);
    return at < 0 ? Buffer.from(path) : (given.splice(at, 1)[0] ?? Buffer.from(path));
  });
}

function rawArguments(): Buffer[] {
  try {
    const line = readFileSync('/proc/self/cmdline');
    const ends = [...line.keys()].filter((at) => line[at] === 0);
    return ends.map((end, at) => line.subarray((ends[at - 1] ?? -1) + 1, end));
  } catch {
    return [];
  }
}

async function filesAt(path: Path, given: boolean): Promise<Found[]> {
  try {
    const own = await lstat(path);
    const target = own.isSymbolicLink() ? await stat(path) : own;
    if (target.isFile()) return [{ path }];
    if (target.isDirectory() && (given || target === own)) return await filesUnder(path);
    return [{ path, skipped: kindOf(target), given }];
  } catch (error) {
    if (given && (await isMissing(path))) throw new UsageError(`${printable(nameOf(path))}: no such file or folder`);
    return [{ path, error }];
  }
}

async function filesUnder(folder: Path): Promise<Found[]> {
  const entries = await readdir(folder, { encoding: 'buffer', withFileTypes: true });
  const found: Found[] = [];
  for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
    if (entry.name[0] === 0x2e) continue;
    const path = joined(folder, entry.name);
    // Saves a call for nearly every file.
    if (entry.isFile()) found.push({ path });
    else for (const one of await filesAt(path, false)) found.push(one);
  }
  return found;
}

function joined(folder: Path, name: Path): Path {
  const slash = folder.at(-1) === 0x2f ? '' : '/';
  return Buffer.concat([folder, Buffer.from(slash), name]);
}

/** False for a link that leads nowhere: it exists itself. */
async function isMissing(path: Path): Promise<boolean> {
  return lstat(path).then(
    () => false,
    ({ code }: NodeJS.ErrnoException) => code === 'ENOENT' || code === 'ENOTDIR',
  );
}

function kindOf(target: Stats): string {
  if (target.isDirectory()) return 'a link to a folder; name the folder itself';
  if (target.isFIFO()) return 'a named pipe';
  return target.isSocket() ? 'a socket' : 'a device';
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
