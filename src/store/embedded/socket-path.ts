import { join } from 'node:path';

/** `sun_path` has 108 bytes on Linux (unix(7)) and 104 on macOS, with the final zero. The system cuts longer paths silently. */
const maxBytes = process.platform === 'linux' ? 107 : 103;

/** The socket that `pg` connects to when its host is a directory. @throws Error when the path is too long. */
export function socketPath(dataDir: string): string {
  const path = join(dataDir, '.s.PGSQL.5432');
  const length = Buffer.byteLength(path);
  if (length <= maxBytes) return path;
  throw new Error(
    `the socket path ${path} has ${length} bytes, but the system allows ${maxBytes}: set VIGIE_DATA_DIR to a shorter path`,
  );
}
