import { join } from 'node:path';

/** The system silently cuts paths longer than `sun_path`: 108 bytes on Linux (unix(7)), 104 on macOS, with the final zero. */
const maxBytes = process.platform === 'linux' ? 107 : 103;

/** The socket that `pg` uses when its host is a directory. */
export function socketPath(dataDir: string): string {
  const path = join(dataDir, '.s.PGSQL.5432');
  const length = Buffer.byteLength(path);
  if (length <= maxBytes) return path;
  throw new Error(
    `the socket path ${path} has ${length} bytes, but the system allows ${maxBytes}: set VIGIE_DATA_DIR to a shorter path`,
  );
}
