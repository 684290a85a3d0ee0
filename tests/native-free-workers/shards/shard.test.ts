import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainScan } from '../../../native-free-workers/oracles/scan.js';
import {
  control,
  controlAt,
  controlWords,
  hashBytes,
  hitCapacity,
  layoutOf,
  maxHashes,
} from '../../../native-free-workers/shards/shard-layout.js';
import { createShard } from '../../../native-free-workers/shards/shard-memory.js';
import { ShardSearcher } from '../../../native-free-workers/shards/shard-searcher.js';
import { built } from '../../../src/package-root.js';
import { randomFrom } from '../../support/images.js';

const compile = async (kernel: string) => WebAssembly.compile(await readFile(built(`native-free-workers/${kernel}.wasm`)));
const kernels = { scan: await compile('scan'), multiIndex: await compile('multi-index') };

const capacity = 64;
const tailCapacity = 40_000;
/** V8 never frees shared memory, so all tests use one shard. */
const shard = createShard(1, layoutOf(capacity, tailCapacity));
const words = new Int32Array(shard.memory.buffer, controlAt, controlWords);
const searcher = new ShardSearcher(kernels, shard, 0);

/** Scans hashes that are only in the tail, from place `from` on. */
function scan(hashes: Uint8Array, query: Uint8Array, radius: number, from = 0): [number, number][] {
  const count = hashes.length / hashBytes;
  for (let at = 0; at < count; at++) {
    const place = shard.layout.tail + ((from + at) % tailCapacity) * hashBytes;
    new Uint8Array(shard.memory.buffer, place, hashBytes).set(hashes.subarray(at * hashBytes, (at + 1) * hashBytes));
  }
  words[control.tailFrom] = from;
  words[control.tailTo] = from + count;
  const placeOf = (slot: number) => (slot - capacity - from + tailCapacity) % tailCapacity;
  return pairsOf(searcher.search(query, radius)).map(([slot, distance]) => [placeOf(slot), distance]);
}

function pairsOf(hits: Uint32Array): [number, number][] {
  return Array.from({ length: hits.length / 2 }, (_, at) => [hits[at * 2] ?? 0, hits[at * 2 + 1] ?? 0]);
}

function randomBytes(length: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length }, () => random() * 256);
}

const zero = new Uint8Array(hashBytes);
const hash = fc.uint8Array({ minLength: hashBytes, maxLength: hashBytes });

describe('a scan', () => {
  it('finds the same as plain TypeScript, at any radius and place of the ring', () => {
    fc.assert(
      fc.property(
        fc.array(hash, { maxLength: 40 }),
        hash,
        fc.integer({ min: 0, max: 256 }),
        fc.integer({ min: tailCapacity - 30, max: tailCapacity + 30 }),
        (rows, query, radius, from) => {
          const hashes = new Uint8Array(Buffer.concat(rows));
          expect(scan(hashes, query, radius, from)).toEqual(pairsOf(plainScan(hashes, query, radius)));
        },
      ),
    );
  });

  it('finds hashes at exactly the radius and none one bit further', () => {
    // Row n differs from the query in its first n bits.
    const rows = Array.from({ length: 257 }, (_, bits) =>
      zero.map((_, byte) => (1 << Math.min(8, Math.max(0, bits - byte * 8))) - 1),
    );
    const hashes = new Uint8Array(Buffer.concat(rows));
    for (let radius = 0; radius <= 256; radius++) {
      expect(scan(hashes, zero, radius)).toEqual(rows.slice(0, radius + 1).map((_, at) => [at, at]));
    }
  });

  it('finds nothing in an empty tail', () => {
    expect(scan(new Uint8Array(0), zero, 256)).toEqual([]);
  });

  it.each([hitCapacity - 1, hitCapacity, hitCapacity + 1, hitCapacity * 2 + 1])('returns all of %i hits', (count) => {
    const hashes = new Uint8Array(Math.min(count, tailCapacity) * hashBytes);
    expect(scan(hashes, zero, 3)).toEqual(pairsOf(plainScan(hashes, zero, 3)));
  });

  it('returns scattered hits that fill more than one page', () => {
    const random = randomFrom(1);
    const hashes = randomBytes(tailCapacity * hashBytes, random);
    const query = randomBytes(hashBytes, random);
    const hits = scan(hashes, query, 131);
    expect(hits.length).toBeGreaterThan(hitCapacity);
    expect(hits).toEqual(pairsOf(plainScan(hashes, query, 131)));
  });

  it('returns hits that the next search does not overwrite', () => {
    scan(new Uint8Array(hashBytes * 2), zero, 0);
    const hits = searcher.search(zero, 0);
    searcher.search(
      zero.map(() => 255),
      256,
    );
    expect(pairsOf(hits).map(([, distance]) => distance)).toEqual([0, 0]);
  });

  it('clears its announcement when it ends', () => {
    searcher.search(zero, 31);
    expect(words[control.active]).toBe(0);
  });
});

describe('a layout', () => {
  it('refuses a thread without scratch memory', () => {
    expect(() => new ShardSearcher(kernels, shard, 64)).toThrow(/thread 64/);
  });

  it('accepts as many hashes as maxHashes says, and refuses more', () => {
    const max = maxHashes(65_536);
    expect(layoutOf(max, 65_536).pages).toBeLessThanOrEqual(65_536);
    expect(() => layoutOf(max + 10_000, 65_536)).toThrow(RangeError);
  });
});
