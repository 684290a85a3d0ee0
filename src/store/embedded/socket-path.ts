import { join } from 'node:path';

/** `sun_path` holds 108 bytes with the final zero (unix(7)); longer paths are cut without a word. macOS has 104. */
const maximumBytes = process.platform === 'linux' ? 107 : 103;

/** Where `pg` looks when its host is a directory. Throws when the system would cut the path. */
export function socketPath(dataDir: string): string {
  const path = join(dataDir, '.s.PGSQL.5432');
  const length = Buffer.byteLength(path);
  if (length <= maximumBytes) return path;
  throw new Error(
    `the socket path ${path} has ${length} bytes and the system allows ${maximumBytes}: set VIGIE_DATA_DIR to a shorter path`,
  );
}
