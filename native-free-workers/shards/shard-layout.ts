/**
 * The layout of a shard's shared memory, in bytes. It is fixed when the shard is created, so no thread ever has to learn a new address.
 * Pages that were never written take no memory.
 *
 *     0          static data of the compiler (page 0)
 *     64 Ki      control words (u32, see below), then the masks of the kernel
 *     128 Ki     scratch, 192 KiB per thread: query, bucket ranges, hits
 *     rows       `capacity` times 32 bytes: the hashes in the tables
 *     dead       1 byte per row: not 0 if the next tables must omit the row
 *     added      4 bytes each: row numbers to merge
 *     tail       a ring of 32 bytes each: hashes that are not in the tables yet and are scanned
 *     tables     17: one per band, and a spare for building the next one
 */

export const hashBytes = 32;
const pageBytes = 64 * 1024;
const maxPages = 65_536;

/** Threads that can search at the same time. Thread 0 is the main thread. */
export const maxThreads = 64;
export const bands = 16;

export const controlAt = pageBytes;
/** Control words, as indices of an Int32Array at `controlAt`. */
export const control = {
  /** Addresses of the tables of bands 0-15. */
  tables: 0,
  spare: 16,
  /** The tail holds numbers from <= n < to, at place n % tailCapacity. Both only grow, and wrap at 2^31. */
  tailFrom: 17,
  tailTo: 18,
  /** Number of hashes in the tables. */
  covered: 19,
  /** Number of rows ever used: a scan of all rows ends here. */
  rows: 21,
  /** Raised at every table swap. A search sees only data from its announced epoch or later. */
  epoch: 20,
  /** Per thread: the epoch that its current search announced, or 0. */
  active: 64,
} as const;
export const controlWords = control.active + maxThreads;

export const masksAt = controlAt + 4_096;
const scratchAt = 2 * pageBytes;
const scratchBytes = 3 * pageBytes;
/** Offsets in the scratch of a thread. Ranges: 16 addresses, then 697 buckets of 8 bytes for each of 16 bands. */
export const scratch = { query: 0, ranges: 64, hits: 90_112 } as const;
export const hitCapacity = (scratchBytes - scratch.hits) / 8;

export function scratchOf(thread: number): number {
  if (thread >= maxThreads)
    throw new RangeError(`thread ${thread}: a shard has scratch memory for threads 0 to ${maxThreads - 1}`);
  return scratchAt + thread * scratchBytes;
}

const firstRow = scratchAt + maxThreads * scratchBytes;
export const startsBytes = (65_536 + 16) * 4;
/** A hash in the table of one band: the values of its next two bands, and its row number. */
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

/** The layout for `capacity` hashes in the tables and `tailCapacity` in the tail. @throws RangeError over 4 GiB. */
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

/** How many hashes fit into the tables of one shard, beside a tail of `tailCapacity`. */
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
