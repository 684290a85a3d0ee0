/** Which files of a data directory hold given bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The bytes of these hexadecimal texts, in any file below `directory`. Relative paths, sorted. */
export function filesWith(directory: string, hexes: readonly string[]): string[] {
  const sought = hexes.map((hex) => Buffer.from(hex, 'hex'));
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => {
      const content = readFileSync(path);
      return sought.some((bytes) => content.includes(bytes));
    })
    .map((path) => relative(directory, path))
    .sort();
}
