import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScanMemory, hashAt, hashBytes, mostHashes, reserve, Scanner } from '../../native-free-workers/scan.js';
import { scanPlain } from '../../native-free-workers/scan-plain.js';
import { built } from '../../src/package-root.js';
import { randomFrom } from '../support/images.js';

const module = await WebAssembly.compile(await readFile(built('native-free-workers/scan.wasm')));
/** V8 keeps what dropped shared memories held, so all tests but those of growth share one. */
const shared = createScanMemory();

function fill(memory: WebAssembly.Memory, hashes: Uint8Array): number {
  const count = hashes.length / hashBytes;
  reserve(memory, count);
  for (let at = 0; at < count; at++) hashAt(memory, at).set(hashes.subarray(at * hashBytes, (at + 1) * hashBytes));
  return count;
}

function randomBytes(length: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length }, () => random() * 256);
}

const hash = fc.uint8Array({ minLength: hashBytes, maxLength: hashBytes });

describe('Scanner', () => {
  it('finds what the plain twin finds, at any radius', () => {
    const scanner = new Scanner(module, shared, 0);
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 40 }), hash, fc.integer({ min: 0, max: 256 }), (rows, query, radius) => {
        const hashes = new Uint8Array(Buffer.concat(rows));
        expect(scanner.search(fill(shared, hashes), query, radius)).toEqual(scanPlain(hashes, query, radius));
      }),
    );
  });

  it('finds hashes at exactly the radius and none a bit further', () => {
    const scanner = new Scanner(module, shared, 0);
    const query = new Uint8Array(hashBytes);
    // Row n differs from the query in its first n bits: rows 0-256 lie at distances 0-256.
    const rows = Array.from({ length: 257 }, (_, bits) =>
      query.map((_, byte) => (1 << Math.min(8, Math.max(0, bits - byte * 8))) - 1),
    );
    const count = fill(shared, new Uint8Array(Buffer.concat(rows)));
    for (let radius = 0; radius <= 256; radius++) {
      expect(scanner.search(count, query, radius)).toEqual(
        Uint32Array.from(rows.slice(0, radius + 1).flatMap((_, at) => [at, at])),
      );
    }
  });

  it('looks at no hash past the count', () => {
    const scanner = new Scanner(module, shared, 0);
    fill(shared, new Uint8Array(hashBytes * 10));
    expect(scanner.search(7, new Uint8Array(hashBytes), 0).length).toBe(7 * 2);
  });

  it('finds nothing among no hashes', () => {
    expect(new Scanner(module, shared, 0).search(0, new Uint8Array(hashBytes), 256)).toEqual(new Uint32Array());
  });

  // A scratch page holds 8 184 hits; more are fetched page by page.
  it.each([8_183, 8_184, 8_185, 16_368, 16_369, 20_000])('gives all of %i hits', (count) => {
    const scanner = new Scanner(module, shared, 0);
    const hashes = new Uint8Array(count * hashBytes);
    fill(shared, hashes);
    expect(scanner.search(count, new Uint8Array(hashBytes), 3)).toEqual(scanPlain(hashes, new Uint8Array(hashBytes), 3));
  });

  it('gives more than a page of hits scattered among others', () => {
    const scanner = new Scanner(module, shared, 0);
    const random = randomFrom(1);
    const hashes = randomBytes(30_000 * hashBytes, random);
    const query = randomBytes(hashBytes, random);
    const count = fill(shared, hashes);
    const hits = scanner.search(count, query, 128);
    expect(hits.length / 2).toBeGreaterThan(8_184);
    expect(hits).toEqual(scanPlain(hashes, query, 128));
  });

  it('keeps its hits from the next search', () => {
    const scanner = new Scanner(module, shared, 0);
    fill(shared, new Uint8Array(hashBytes * 2));
    const hits = scanner.search(2, new Uint8Array(hashBytes), 0);
    scanner.search(2, new Uint8Array(hashBytes).fill(255), 256);
    expect([...hits]).toEqual([0, 0, 1, 0]);
  });

  it('searches what was added after the memory grew', () => {
    const memory = createScanMemory();
    const scanner = new Scanner(module, memory, 0);
    const query = new Uint8Array(hashBytes).fill(7);
    fill(memory, new Uint8Array(hashBytes));
    const before = memory.buffer.byteLength;
    reserve(memory, 100_000);
    hashAt(memory, 99_999).set(query);
    expect(memory.buffer.byteLength).toBeGreaterThan(before);
    expect([...scanner.search(100_000, query, 0)]).toEqual([99_999, 0]);
  });

  it('refuses a thread without a scratch page', () => {
    expect(() => new Scanner(module, shared, 64)).toThrow(/thread 64/);
  });
});

describe('reserve', () => {
  it('keeps what the memory holds', () => {
    const memory = createScanMemory();
    const hashes = randomBytes(100 * hashBytes, randomFrom(2));
    fill(memory, hashes);
    reserve(memory, 50_000);
    expect(Buffer.concat(Array.from({ length: 100 }, (_, at) => hashAt(memory, at)))).toEqual(Buffer.from(hashes));
  });

  it('leaves a memory that is large enough as it is', () => {
    const before = shared.buffer.byteLength;
    reserve(shared, 1);
    expect(shared.buffer.byteLength).toBe(before);
  });

  it('refuses more hashes than 4 GiB hold and says how many fit', () => {
    expect(() => reserve(shared, mostHashes + 1)).toThrow(String(mostHashes));
  });
});
