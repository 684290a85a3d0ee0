import { randomFillSync } from 'node:crypto';

const idBytes = 16;
/** One draw of 4 KiB takes as long as two of 16 bytes. */
const idsPerDraw = 256;

/** Nobody can guess an id: it has 128 random bits. */
export function requestIds(): () => string {
  const pool = Buffer.alloc(idBytes * idsPerDraw);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += idBytes;
    return `req_${pool.toString('hex', at - idBytes, at)}`;
  };
}
