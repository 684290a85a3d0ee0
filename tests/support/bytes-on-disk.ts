/** Which files of a data directory hold given bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Empty if the file was deleted meanwhile. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** The bytes of these hexadecimal texts, in any file below `directory`. Relative paths, sorted. */
export function filesWith(directory: string, hexes: readonly string[]): string[] {
  const sought = hexes.map((hex) => Buffer.from(hex, 'hex'));
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => {
      const content = contentOf(path);
      return sought.some((bytes) => content.includes(bytes));
    })
    .map((path) => relative(directory, path))
    .sort();
}
