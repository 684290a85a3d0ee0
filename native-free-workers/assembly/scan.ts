/**
 * Linear scan: every hash of a segment is compared with the query, so nothing within the radius is missed.
 *
 * A hash is 32 bytes; hash number i lies at `hashes + 32 * i`. Hits are written to `out` as pairs of u32 (number, distance). Stateless:
 * all addresses come in as arguments, so any number of threads may scan the same shared memory at once.
 */

/**
 * Finds the hashes of numbers `first` to `count - 1` within `radius` bits of the 32 bytes at `query`.
 *
 * Returns how many it wrote; when that is `capacity`, there may be more: call again with `first` = last number + 1.
 */
export function scan(hashes: usize, first: u32, count: u32, query: usize, radius: u32, out: usize, capacity: u32): u32 {
  const q0 = load<u64>(query);
  const q1 = load<u64>(query, 8);
  const q2 = load<u64>(query, 16);
  const q3 = load<u64>(query, 24);
  let found: u32 = 0;
  let at = hashes + (<usize>first << 5);
  for (let number = first; number < count; number++, at += 32) {
    // Unrelated hashes are 64 +- 6 apart in the first half alone, so the second half is almost never read.
    const half = <u32>(popcnt(load<u64>(at) ^ q0) + popcnt(load<u64>(at, 8) ^ q1));
    if (half > radius) continue;
    const distance = half + <u32>(popcnt(load<u64>(at, 16) ^ q2) + popcnt(load<u64>(at, 24) ^ q3));
    if (distance > radius) continue;
    if (found == capacity) return found;
    store<u32>(out + (<usize>found << 3), number);
    store<u32>(out + (<usize>found << 3), distance, 4);
    found++;
  }
  return found;
}
