/**
 * The shared memory of a shard, in bytes. Its layout is fixed, so no thread has to learn a new address; pages that were never
 * written take no memory.
 *
 *     0          static data of the compiler
 *     64 Ki      control words (u32), then the masks of the kernel
 *     128 Ki     scratch, 192 KiB per thread: query, bucket ranges, hits
 *     rows       32 bytes each: the hashes in the tables
 *     dead       1 byte per row: not 0 if the next tables must omit it
 *     added      4 bytes each: row numbers to merge
 *     tail       a ring, 32 bytes each: hashes that are not in the tables yet
 *     tables     17: one per band, and a spare
 */

export const hashBytes = 32;
const pageBytes = 64 * 1024;
const maxPages = 65_536;

/** Including the main thread, which is 0. */
export const maxThreads = 64;
export const bands = 16;

export const controlAt = pageBytes;
/** Indices of an Int32Array at `controlAt`. */
export const control = {
  tables: 0,
  spare: 16,
  /** The tail holds numbers from <= n < to, at place n % tailCapacity. Both wrap at 2^31. */
  tailFrom: 17,
  tailTo: 18,
  /** Number of hashes in the tables. */
  covered: 19,
  /** Number of rows ever used. */
  rows: 21,
  /** Raised at every table swap. */
  epoch: 20,
  /** Per thread: the epoch of its current search, or 0. */
  active: 64,
} as const;
export const controlWords = control.active + maxThreads;

export const masksAt = controlAt + 4_096;
const scratchAt = 2 * pageBytes;
const scratchBytes = 3 * pageBytes;
/** In the scratch of a thread. Ranges: 16 addresses, then 697 buckets of 8 bytes for each band. */
export const scratch = { query: 0, ranges: 64, hits: 90_112 } as const;
export const hitCapacity = (scratchBytes - scratch.hits) / 8;

export function scratchOf(thread: number): number {
  if (thread >= maxThreads)
    throw new RangeError(`thread ${thread}: a shard has scratch memory for threads 0 to ${maxThreads - 1}`);
  return scratchAt + thread * scratchBytes;
}

const firstRow = scratchAt + maxThreads * scratchBytes;
export const startsBytes = (65_536 + 16) * 4;
/** The next two bands, and the row number. */
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

/** @throws RangeError over 4 GiB. */
export function layoutOf(capacity: number, tailCapacity: number): Layout {
  const rows = firstRow;
  const dead = aligned(rows + capacity * hashBytes);
  const added = aligned(dead + capacity);
  const tail = aligned(added + tailCapacity * 4);
  const tables = aligned(tail + tailCapacity * hashBytes);
  const tableBytes = aligned(startsBytes + capacity * tableHashBytes);
  const pages = Math.ceil((tables + (bands + 1) * tableBytes) / pageBytes);
  if (pages > maxPages)
    throw new RangeError(`${capacity} hashes need ${pages} pages of 64 KiB, but a shard has at most ${maxPages}`);
  return { capacity, tailCapacity, rows, dead, added, tail, tables, tableBytes, pages };
}

/** How many hashes fit into one shard. */
export function maxHashes(tailCapacity: number): number {
  let low = 0;
  let high = 32_000_000;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const bytes = layoutBytes(middle, tailCapacity);
    if (bytes <= maxPages * pageBytes) low = middle;
    else high = middle;
  }
  return low;
}

function layoutBytes(capacity: number, tailCapacity: number): number {
  const beside = firstRow + tailCapacity * (hashBytes + 4) + 1_024;
  return beside + capacity * (hashBytes + 1) + (bands + 1) * aligned(startsBytes + capacity * tableHashBytes);
}
