import { hashBytes } from '../shards/shard-layout.js';

export function plainScan(hashes: Uint8Array, query: Uint8Array, radius: number): Uint32Array {
  const hits: number[] = [];
  for (let number = 0; number < hashes.length / hashBytes; number++) {
    let distance = 0;
    for (let byte = 0; byte < hashBytes; byte++) {
      for (let bits = (hashes[number * hashBytes + byte] ?? 0) ^ (query[byte] ?? 0); bits > 0; bits &= bits - 1) distance++;
    }
    if (distance <= radius) hits.push(number, distance);
  }
  return Uint32Array.from(hits);
}
