/**
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012): exact search within a radius r, without comparing every hash.
 *
 * A hash has 16 bands of 16 bits. Allow t(b) flips in band b, where all t(b) + 1 add up to r + 1. A hash within r is then within
 * t(b) in at least one band (pigeonhole). So a query reads, in the table of each band, the buckets within t(b) flips of its own
 * value: 16 x 17 for r = 31.
 *
 * The pigeonring (Qin and Xiao, VLDB 2018) demands more: in some band d(b) + d(b + 1) <= t(b) + t(b + 1) + 1, and likewise with
 * the next two. Of unrelated hashes in the 272 buckets, one in 400 passes the first test and one in 80 000 both.
 *
 * A table has 65 537 starts (u32, padded to 65 552), then three arrays in bucket order: the next band of each hash (u16), the
 * band after that (u16), and the row number (u32). A row is 32 bytes. The kernel has no state, so any number of threads can
 * search one memory.
 */

const bands: u32 = 16;
const buckets: usize = 65536;
const startsBytes: usize = (buckets + 16) * 4;
const rangesAt: usize = 64;

// @ts-ignore: decorator
@inline
function startsOf(table: usize, value: usize): usize {
  return table + (value << 2);
}

// @ts-ignore: decorator
@inline
function valueOf(hash: usize, band: u32): u32 {
  return <u32>load<u16>(hash + (<usize>band << 1));
}

/**
 * Inserts rows `0` to `rows - 1` without those marked in `dead`. `capacity`, the number of hashes that fit into the table,
 * decides where its arrays begin. Returns the number of hashes in the table.
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
  for (let row: usize = 0; row < <usize>rows; row++) {
    if (load<u8>(dead + row)) continue;
    const start = startsOf(table, <usize>load<u16>(value + (row << 5)));
    const at = load<u32>(start);
    store<u32>(start, at + 1);
    insertRow(rowsAt, band, table, capacity, at, <u32>row);
  }
  return closeStarts(table);
}

/**
 * Copies the table `old` without dead rows, and inserts the rows whose numbers are at `added`, sorted by this band. Returns the
 * number of hashes in the table.
 */
export function merge(rowsAt: usize, dead: usize, band: u32, old: usize, added: usize, count: u32, table: usize, capacity: u32): u32 {
  const oldNext = old + startsBytes;
  const value = rowsAt + (<usize>band << 1);
  const end = added + (<usize>count << 2);
  let next = added;
  let at: u32 = 0;
  for (let bucket: usize = 0; bucket < buckets; bucket++) {
    store<u32>(startsOf(table, bucket), at);
    const stop = load<u32>(startsOf(old, bucket + 1));
    for (let from = load<u32>(startsOf(old, bucket)); from < stop; from++) {
      const row = load<u32>(numbersOf(oldNext, capacity) + (<usize>from << 2));
      if (load<u8>(dead + <usize>row)) continue;
      const after = load<u16>(secondNextOf(oldNext, capacity) + (<usize>from << 1));
      writeEntry(table + startsBytes, capacity, at++, load<u16>(oldNext + (<usize>from << 1)), after, row);
    }
    for (; next < end; next += 4) {
      const row = <usize>load<u32>(next);
      if (<usize>load<u16>(value + (row << 5)) != bucket) break;
      insertRow(rowsAt, band, table, capacity, at++, <u32>row);
    }
  }
  store<u32>(startsOf(table, buckets), at);
  return at;
}

// @ts-ignore: decorator
@inline
function secondNextOf(next: usize, capacity: u32): usize {
  return next + (<usize>capacity << 1);
}

// @ts-ignore: decorator
@inline
function numbersOf(next: usize, capacity: u32): usize {
  return next + (<usize>capacity << 2);
}

// @ts-ignore: decorator
@inline
function insertRow(rowsAt: usize, band: u32, table: usize, capacity: u32, at: u32, row: u32): void {
  const hash = rowsAt + (<usize>row << 5);
  writeEntry(table + startsBytes, capacity, at, <u16>valueOf(hash, (band + 1) & 15), <u16>valueOf(hash, (band + 2) & 15), row);
}

// @ts-ignore: decorator
@inline
function writeEntry(next: usize, capacity: u32, at: u32, inNext: u16, inAfter: u16, row: u32): void {
  store<u16>(next + (<usize>at << 1), inNext);
  store<u16>(secondNextOf(next, capacity) + (<usize>at << 1), inAfter);
  store<u32>(numbersOf(next, capacity) + (<usize>at << 2), row);
}

function sumStarts(table: usize): void {
  let sum: u32 = 0;
  for (let bucket: usize = 0; bucket <= buckets; bucket++) {
    sum += load<u32>(startsOf(table, bucket));
    store<u32>(startsOf(table, bucket), sum);
  }
}

/** Inserting moved every start to the end of its bucket. */
function closeStarts(table: usize): u32 {
  memory.copy(startsOf(table, 1), startsOf(table, 0), buckets << 2);
  store<u32>(startsOf(table, 0), 0);
  return load<u32>(startsOf(table, buckets));
}

// @ts-ignore: decorator
@inline
function bucketsWithin(flips: i32): u32 {
  return flips < 0 ? 0 : flips == 0 ? 1 : flips == 1 ? 17 : flips == 2 ? 137 : 697;
}

/** t(b), exact: no bucket is searched in vain. */
// @ts-ignore: decorator
@inline
function flipsOf(band: u32, radius: u32): i32 {
  return <i32>(radius >> 4) - <i32>(band > (radius & 15));
}

// @ts-ignore: decorator
@inline
function allowedInTwo(band: u32, radius: u32): i32 {
  return flipsOf(band, radius) + flipsOf((band + 1) & 15, radius) + 1;
}

// @ts-ignore: decorator
@inline
function allowedInThree(band: u32, radius: u32): i32 {
  return allowedInTwo(band, radius) + flipsOf((band + 2) & 15, radius) + 1;
}

/**
 * Writes the buckets of a search to `ranges`, and returns how many candidates they hold. `masks`: the 697 values with up to three
 * bits set (u16). `ranges`: the addresses of the first arrays of the 16 tables, then first and end of each bucket (u32).
 */
export function candidates(tables: usize, query: usize, radius: u32, masks: usize, ranges: usize): u32 {
  let sum: u32 = 0;
  let range = ranges + rangesAt;
  for (let band: u32 = 0; band < bands; band++) {
    // Read once: a compaction may swap the table, but leaves this one intact until the search ends.
    const table = <usize>atomic.load<u32>(tables + (<usize>band << 2));
    store<u32>(ranges + (<usize>band << 2), <u32>(table + startsBytes));
    const value = valueOf(query, band);
    const end = range + (<usize>bucketsWithin(flipsOf(band, radius)) << 3);
    for (let mask = masks; range < end; range += 8, mask += 2) {
      const both = load<u64>(startsOf(table, <usize>(value ^ <u32>load<u16>(mask))));
      store<u64>(range, both);
      sum += <u32>(both >> 32) - <u32>both;
    }
  }
  return sum;
}

/**
 * Writes pairs of u32 (row, distance) to `out` for all hashes within `radius` (0-63). `candidates` must fill `ranges` first.
 * Returns the number of pairs, or -1 if there are more than `capacity`.
 */
export function search(rowsAt: usize, tableCapacity: u32, query: usize, radius: u32, ranges: usize, out: usize, capacity: u32): i32 {
  let found: u32 = 0;
  let prefetched: u64 = 0;
  let range = ranges + rangesAt;
  let ahead = range;
  for (let band: u32 = 0; band < bands; band++) {
    // Four bands at once: enough cache misses overlap, and the lines are still cached when compared.
    for (let one = band; (band & 3) == 0 && one < band + 4; one++) {
      const end = ahead + (<usize>bucketsWithin(flipsOf(one, radius)) << 3);
      prefetched += prefetch(<usize>load<u32>(ranges + (<usize>one << 2)), ahead, end);
      ahead = end;
    }
    const next = <usize>load<u32>(ranges + (<usize>band << 2));
    const wanted = valueOf(query, (band + 1) & 15);
    const wantedAfter = valueOf(query, (band + 2) & 15);
    const wantedLanes = i16x8.splat(<i16>wanted);
    const maxFlips = flipsOf(band, radius);
    const first = range;
    for (let flips: i32 = 0; flips <= maxFlips; flips++) {
      const inNext = allowedInTwo(band, radius) - flips;
      const inBoth = allowedInThree(band, radius) - flips;
      const farLanes = i16x8.splat(<i16>(inNext + 1));
      for (const end = first + (<usize>bucketsWithin(flips) << 3); range < end; range += 8) {
        const stop = <usize>load<u32>(range, 4);
        for (let eight = <usize>load<u32>(range); eight < stop; eight += 8) {
          // Eight hashes per branch. The last ones may lie beyond the bucket.
          const bits = v128.popcnt<i8>(v128.xor(v128.load(next + (eight << 1)), wantedLanes));
          let near = i16x8.bitmask(i16x8.lt_s(i16x8.extadd_pairwise_i8x16_u(bits), farLanes));
          for (; near != 0; near &= near - 1) {
            const one = eight + <usize>ctz(near);
            if (one >= stop) break;
            const inFirst = <i32>popcnt(<u32>load<u16>(next + (one << 1)) ^ wanted);
            const inSecond = <i32>popcnt(<u32>load<u16>(secondNextOf(next, tableCapacity) + (one << 1)) ^ wantedAfter);
            if (inFirst + inSecond > inBoth) continue;
            const row = load<u32>(numbersOf(next, tableCapacity) + (one << 2));
            const distance = distanceOf(rowsAt + (<usize>row << 5), query);
            if (distance > radius || foundBefore(rowsAt + (<usize>row << 5), query, band, radius)) continue;
            if (found == capacity) return -1;
            store<u32>(out + (<usize>found << 3), row);
            store<u32>(out + (<usize>found << 3), distance, 4);
            found++;
          }
        }
      }
    }
  }
  // Stored, so that the compiler does not remove the loads.
  store<u64>(ranges + rangesAt, prefetched);
  return found;
}

/** Loads one value per cache line of every bucket, so that cache misses overlap: WebAssembly has no prefetch. */
// @ts-ignore: decorator
@inline
function prefetch(next: usize, ranges: usize, end: usize): u64 {
  let sum: u64 = 0;
  for (let range = ranges; range < end; range += 8) {
    const first = next + (<usize>load<u32>(range) << 1);
    const last = next + (<usize>load<u32>(range, 4) << 1) - 2;
    sum += load<u16>(first);
    for (let at = first + 64; at < last; at += 64) sum += load<u16>(at);
    sum += load<u16>(last);
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function distanceOf(hash: usize, query: usize): u32 {
  return <u32>(
    popcnt(load<u64>(hash) ^ load<u64>(query)) +
    popcnt(load<u64>(hash, 8) ^ load<u64>(query, 8)) +
    popcnt(load<u64>(hash, 16) ^ load<u64>(query, 16)) +
    popcnt(load<u64>(hash, 24) ^ load<u64>(query, 24))
  );
}

/** True if an earlier band reports the hash. */
function foundBefore(hash: usize, query: usize, band: u32, radius: u32): bool {
  for (let earlier: u32 = 0; earlier < band; earlier++) {
    const flips = differing(hash, query, earlier);
    if (flips > flipsOf(earlier, radius)) continue;
    const inTwo = flips + differing(hash, query, (earlier + 1) & 15);
    if (inTwo > allowedInTwo(earlier, radius)) continue;
    if (inTwo + differing(hash, query, (earlier + 2) & 15) <= allowedInThree(earlier, radius)) return true;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function differing(hash: usize, query: usize, band: u32): i32 {
  return <i32>popcnt(valueOf(hash, band) ^ valueOf(query, band));
}
