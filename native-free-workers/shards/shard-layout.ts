/**
 * Where everything lies in the shared memory of a shard, in bytes. Fixed at its making, because a table that moved would have to be told to
 * every thread; pages nobody has written to take no room.
 *
 *     0          the compiler's static data (page 0)
 *     64 Ki      control words (u32, below), then the masks of the kernel
 *     128 Ki     scratch of 192 KiB a thread: query, bucket ranges, hits
 *     rows       32 bytes each, `capacity` of them: what the tables hold
 *     dead       1 byte a row: not 0 where the next tables leave it out
 *     added      4 bytes each: row numbers for a merge
 *     tail       32 bytes each, a ring: what the tables do not hold yet, scanned one after the other
 *     tables     17 of them: one a band, and a spare into which the next is built
 */

export const hashBytes = 32;
const pageBytes = 64 * 1024;
const largestMemory = 65_536;

/** Threads that may search at once: 0 is the main thread. */
export const maxThreads = 64;
export const bands = 16;

export const controlAt = pageBytes;
/** Control words, as indices of an Int32Array at `controlAt`. */
export const control = {
  /** Addresses of the tables of bands 0-15. */
  tables: 0,
  spare: 16,
  /** The tail holds the entries of these numbers (from <= number < to), at number % tailCapacity; both only grow, and wrap at 2^31. */
  tailFrom: 17,
  tailTo: 18,
  /** Hashes in the tables, for estimates. */
  covered: 19,
  /** Rows ever used: a scan of all rows goes up to here. */
  rows: 21,
  /** Raised at every swap; what a search sees is at least as new as the epoch it has announced. */
  epoch: 20,
  /** By thread: the epoch announced by the search it is in, 0 outside. */
  active: 64,
} as const;
export const controlWords = control.active + maxThreads;

export const masksAt = controlAt + 4_096;
const scratchAt = 2 * pageBytes;
const scratchBytes = 3 * pageBytes;
/** Within the scratch of a thread. Ranges: 16 addresses, and 697 buckets of 8 bytes for each of 16 bands. */
export const scratch = { query: 0, ranges: 64, hits: 90_112 } as const;
export const hitCapacity = (scratchBytes - scratch.hits) / 8;

export function scratchOf(thread: number): number {
  if (thread >= maxThreads) throw new RangeError(`thread ${thread}: there is scratch for ${maxThreads} threads`);
  return scratchAt + thread * scratchBytes;
}

const firstRow = scratchAt + maxThreads * scratchBytes;
export const startsBytes = (65_536 + 16) * 4;
/** A hash in the table of one band: its next two bands, and the number of its row. */
const tableHashBytes = 8;

export interface Layout {
  readonly capacity: number;
  readonly tailCapacity: number;
  readonly rows: number;
  readonly dead: number;
  readonly added: number;
  readonly tail: number;
  readonly tables: number;
  readonly tableBytes: number;
  readonly pages: number;
}

const aligned = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** The layout for `capacity` hashes in tables and `tailCapacity` beside them. @throws RangeError past 4 GiB. */
export function layoutOf(capacity: number, tailCapacity: number): Layout {
  const rows = firstRow;
  const dead = aligned(rows + capacity * hashBytes);
  const added = aligned(dead + capacity);
  const tail = aligned(added + tailCapacity * 4);
  const tables = aligned(tail + tailCapacity * hashBytes);
  const tableBytes = aligned(startsBytes + capacity * tableHashBytes);
  const pages = Math.ceil((tables + (bands + 1) * tableBytes) / pageBytes);
  if (pages > largestMemory)
    throw new RangeError(`${capacity} hashes take ${pages} pages of 64 KiB; one memory has ${largestMemory}`);
  return { capacity, tailCapacity, rows, dead, added, tail, tables, tableBytes, pages };
}

/** Hashes one memory of 4 GiB holds beside a tail of `tailCapacity`. */
export function maxHashes(tailCapacity: number): number {
  let low = 0;
  let high = 32_000_000;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const bytes = layoutBytes(middle, tailCapacity);
    if (bytes <= largestMemory * pageBytes) low = middle;
    else high = middle;
  }
  return low;
}

function layoutBytes(capacity: number, tailCapacity: number): number {
  const beside = firstRow + tailCapacity * (hashBytes + 4) + 1_024;
  return beside + capacity * (hashBytes + 1) + (bands + 1) * aligned(startsBytes + capacity * tableHashBytes);
}
