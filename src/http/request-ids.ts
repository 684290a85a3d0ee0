import { randomFillSync } from 'node:crypto';

const idBytes = 16;
/** Ids drawn at once: one draw of 4 KiB takes as long as two of 16 bytes. */
const idsPerDraw = 256;

/** Gives ids like `req_` and 32 hex digits: 128 random bits, so that nobody can guess another's. */
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
