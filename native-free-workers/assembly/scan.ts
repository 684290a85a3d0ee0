/**
 * Linear scan of the hashes `first` to `count - 1`, 32 bytes each. Writes pairs of u32 (number, distance) to `out`, and returns
 * how many. If that is `capacity`, call again with `first` = last number + 1. Any number of threads can scan one memory.
 */
export function scan(hashes: usize, first: u32, count: u32, query: usize, radius: u32, out: usize, capacity: u32): u32 {
  const q0 = load<u64>(query);
  const q1 = load<u64>(query, 8);
  const q2 = load<u64>(query, 16);
  const q3 = load<u64>(query, 24);
  let found: u32 = 0;
  let at = hashes + (<usize>first << 5);
  for (let number = first; number < count; number++, at += 32) {
    // Unrelated hashes differ in 64 +- 6 bits of the first half.
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
