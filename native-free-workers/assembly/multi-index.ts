/**
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012): exact search within a radius without comparing every hash.
 *
 * A hash of 256 bits is cut into 16 bands of 16 bits. Two hashes at most r apart differ little in at least one band: with t(b) flips
 * allowed in band b and the t(b) + 1 adding up to more than r, one band must be within its t(b) (pigeonhole). So each band has a table of
 * buckets by value, and a query looks into the buckets within t(b) flips of its own value: 16 x 17 of them for r = 31.
 *
 * A table holds, bucket after bucket, the 128-bit half of each hash that its band is no part of, then the numbers of their rows: nearly all
 * candidates (64 +- 6 bits apart in that half) die without another cache miss. Buckets are touched before they are compared, one load a
 * cache line, so that the processor overlaps the misses: WebAssembly has no prefetch.
 *
 * Layout, all little-endian: a row is 32 bytes; a table is 65 537 starts (u32, rounded up to 65 552), then 16 bytes a hash, then 4 bytes a
 * hash. Stateless: every address is an argument, so that any number of threads can search the same memory.
 */

const bands: u32 = 16;
const buckets: usize = 65536;
const startsBytes: usize = (buckets + 16) * 4;

// @ts-ignore: decorator
@inline
function startsOf(table: usize, value: usize): usize {
  return table + (value << 2);
}

/** The half that band `band` is no part of: bytes 16-31 for the bands of the first half, 0-15 for the others. */
// @ts-ignore: decorator
@inline
function otherHalf(band: u32): usize {
  return band < 8 ? 16 : 0;
}

/**
 * Builds the table of `band` over rows `0` to `rows - 1`, leaving out those whose byte in `dead` is not 0. `capacity` is the number of hashes the
 * table has room for: it tells where the row numbers begin. Two passes: count, place. Returns the number of hashes in the table.
 */
export function build(rowsAt: usize, rows: u32, dead: usize, band: u32, table: usize, capacity: u32): u32 {
  const value = rowsAt + (<usize>band << 1);
  memory.fill(table, 0, startsBytes);
  for (let row: usize = 0; row < <usize>rows; row++) {
    if (load<u8>(dead + row)) continue;
    const next = startsOf(table, <usize>load<u16>(value + (row << 5)) + 1);
    store<u32>(next, load<u32>(next) + 1);
  }
  sumStarts(table);
  const halves = table + startsBytes;
  const numbers = halves + (<usize>capacity << 4);
  const half = rowsAt + otherHalf(band);
  for (let row: usize = 0; row < <usize>rows; row++) {
    if (load<u8>(dead + row)) continue;
    const start = startsOf(table, <usize>load<u16>(value + (row << 5)));
    const at = load<u32>(start);
    store<u32>(start, at + 1);
    place(halves, numbers, at, half + (row << 5), <u32>row);
  }
  return closeStarts(table);
}

/**
 * Builds the table of `band` from the one that stands, in one sequential pass: `old` without the rows that are dead, plus the rows whose
 * numbers stand at `added` (u32), sorted by this band's value. Returns the number of hashes in the new table.
 */
export function merge(rowsAt: usize, dead: usize, band: u32, old: usize, added: usize, count: u32, table: usize, capacity: u32): u32 {
  const oldHalves = old + startsBytes;
  const oldNumbers = oldHalves + (<usize>capacity << 4);
  const halves = table + startsBytes;
  const numbers = halves + (<usize>capacity << 4);
  const half = rowsAt + otherHalf(band);
  const value = rowsAt + (<usize>band << 1);
  const end = added + (<usize>count << 2);
  let next = added;
  let at: u32 = 0;
  for (let bucket: usize = 0; bucket < buckets; bucket++) {
    store<u32>(startsOf(table, bucket), at);
    const stop = load<u32>(startsOf(old, bucket + 1));
    for (let from = load<u32>(startsOf(old, bucket)); from < stop; from++) {
      const row = load<u32>(oldNumbers + (<usize>from << 2));
      if (load<u8>(dead + <usize>row)) continue;
      place(halves, numbers, at++, oldHalves + (<usize>from << 4), row);
    }
    for (; next < end; next += 4) {
      const row = <usize>load<u32>(next);
      if (<usize>load<u16>(value + (row << 5)) != bucket) break;
      place(halves, numbers, at++, half + (row << 5), <u32>row);
    }
  }
  store<u32>(startsOf(table, buckets), at);
  return at;
}

// @ts-ignore: decorator
@inline
function place(halves: usize, numbers: usize, at: u32, half: usize, row: u32): void {
  const to = halves + (<usize>at << 4);
  store<u64>(to, load<u64>(half));
  store<u64>(to, load<u64>(half, 8), 8);
  store<u32>(numbers + (<usize>at << 2), row);
}

/** Counts at value + 1 become starts at value. */
function sumStarts(table: usize): void {
  let sum: u32 = 0;
  for (let bucket: usize = 0; bucket <= buckets; bucket++) {
    sum += load<u32>(startsOf(table, bucket));
    store<u32>(startsOf(table, bucket), sum);
  }
}

/** Placing has moved every start to its bucket's end, which is the next one's start. */
function closeStarts(table: usize): u32 {
  memory.copy(startsOf(table, 1), startsOf(table, 0), buckets << 2);
  store<u32>(startsOf(table, 0), 0);
  return load<u32>(startsOf(table, buckets));
}

/** Buckets within `flips` (0-3) bits of a value; none for -1. */
// @ts-ignore: decorator
@inline
function bucketsWithin(flips: i32): u32 {
  return flips < 0 ? 0 : flips == 0 ? 1 : flips == 1 ? 17 : flips == 2 ? 137 : 697;
}

/** Flips of band `band` at `radius`: the t(b) + 1 add up to radius + 1 exactly, so no bucket is looked into in vain. */
// @ts-ignore: decorator
@inline
function flipsOf(band: u32, radius: u32): i32 {
  return <i32>(radius >> 4) - <i32>(band > (radius & 15));
}

/**
 * How many candidates a search would compare: the sizes of all its buckets. `tables` holds the addresses of the 16 tables (u32), `masks` the 697
 * values of up to three set bits (u16), by number of bits.
 */
export function candidates(tables: usize, query: usize, radius: u32, masks: usize): u32 {
  let sum: u32 = 0;
  for (let band: u32 = 0; band < bands; band++) {
    const table = <usize>atomic.load<u32>(tables + (<usize>band << 2));
    const value = <u32>load<u16>(query + (<usize>band << 1));
    const count = bucketsWithin(flipsOf(band, radius));
    for (let mask: u32 = 0; mask < count; mask++) {
      const start = startsOf(table, <usize>(value ^ <u32>load<u16>(masks + (<usize>mask << 1))));
      sum += load<u32>(start, 4) - load<u32>(start);
    }
  }
  return sum;
}

/**
 * Finds every hash of the tables within `radius` (0-63) of the 32 bytes at `query`: pairs of u32 (row, distance) at `out`, each row once.
 *
 * `ranges` is room for 697 pairs of u32. Returns how many it found, or -1 when there are more than `capacity`.
 */
export function search(
  rowsAt: usize,
  tables: usize,
  tableCapacity: u32,
  query: usize,
  radius: u32,
  masks: usize,
  ranges: usize,
  out: usize,
  capacity: u32,
): i32 {
  const q0 = load<u64>(query);
  const q1 = load<u64>(query, 8);
  const q2 = load<u64>(query, 16);
  const q3 = load<u64>(query, 24);
  let found: u32 = 0;
  let touched: u64 = 0;
  for (let band: u32 = 0; band < bands; band++) {
    const count = bucketsWithin(flipsOf(band, radius));
    if (count == 0) break;
    const table = <usize>atomic.load<u32>(tables + (<usize>band << 2));
    const halves = table + startsBytes;
    const numbers = halves + (<usize>tableCapacity << 4);
    const end = readRanges(table, <u32>load<u16>(query + (<usize>band << 1)), count, masks, ranges);
    touched += touch(halves, ranges, end);
    const half0 = band < 8 ? q2 : q0;
    const half1 = band < 8 ? q3 : q1;
    for (let range = ranges; range < end; range += 8) {
      const stop = load<u32>(range, 4);
      let at = load<u32>(range);
      let half = halves + (<usize>at << 4);
      for (; at < stop; at++, half += 16) {
        if (<u32>(popcnt(load<u64>(half) ^ half0) + popcnt(load<u64>(half, 8) ^ half1)) > radius) continue;
        const row = load<u32>(numbers + (<usize>at << 2));
        const hash = rowsAt + (<usize>row << 5);
        const d0 = load<u64>(hash) ^ q0;
        const d1 = load<u64>(hash, 8) ^ q1;
        const d2 = load<u64>(hash, 16) ^ q2;
        const d3 = load<u64>(hash, 24) ^ q3;
        const distance = <u32>(popcnt(d0) + popcnt(d1) + popcnt(d2) + popcnt(d3));
        if (distance > radius || foundBefore(d0, d1, d2, d3, band, radius)) continue;
        if (found == capacity) return -1;
        store<u32>(out + (<usize>found << 3), row);
        store<u32>(out + (<usize>found << 3), distance, 4);
        found++;
      }
    }
  }
  // Kept, so that the compiler keeps the loads that touch.
  store<u64>(ranges, touched);
  return found;
}

/** Start and end of every bucket to look into; returns the end of the list. */
// @ts-ignore: decorator
@inline
function readRanges(table: usize, value: u32, count: u32, masks: usize, ranges: usize): usize {
  let range = ranges;
  for (let mask: u32 = 0; mask < count; mask++, range += 8) {
    store<u64>(range, load<u64>(startsOf(table, <usize>(value ^ <u32>load<u16>(masks + (<usize>mask << 1))))));
  }
  return range;
}

/** One load a cache line of every bucket: none waits for another, so their misses overlap (measured: 0.08 to 0.02 ms at a million). */
// @ts-ignore: decorator
@inline
function touch(halves: usize, ranges: usize, end: usize): u64 {
  let sum: u64 = 0;
  for (let range = ranges; range < end; range += 8) {
    const stop = halves + (<usize>load<u32>(range, 4) << 4);
    for (let at = halves + (<usize>load<u32>(range) << 4); at < stop; at += 64) sum += load<u64>(at);
  }
  return sum;
}

/** A hash is near in several bands; only the first of them reports it. */
function foundBefore(d0: u64, d1: u64, d2: u64, d3: u64, band: u32, radius: u32): bool {
  for (let earlier: u32 = 0; earlier < band; earlier++) {
    const word = earlier < 4 ? d0 : earlier < 8 ? d1 : earlier < 12 ? d2 : d3;
    if (<i32>popcnt((word >> (<u64>(earlier & 3) << 4)) & 0xffff) <= flipsOf(earlier, radius)) return true;
  }
  return false;
}
