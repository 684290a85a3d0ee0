/** Exact search by linear scan over hashes in a shared WebAssembly memory; see `assembly/scan.ts`. */

/** 256-bit hashes. */
export const hashBytes = 32;
const pageBytes = 64 * 1024;
/**
 * Layout of the memory, in pages of 64 KiB: page 0 belongs to the compiler's static data; then one scratch page a thread; then the
 * hashes, 2 048 a page, up to 4 GiB.
 */
const scratchPages = 64;
const firstHash = (1 + scratchPages) * pageBytes;
const largestMemory = 65_536;
/** A scratch page holds the query (32 bytes, the next 32 unused) and then hits of 8 bytes. */
const hitsAt = 64;
const hitCapacity = (pageBytes - hitsAt) / 8;

/** The most hashes one memory holds: 134 084 608. */
export const mostHashes = ((largestMemory - 1 - scratchPages) * pageBytes) / hashBytes;

/** A memory that main thread and workers attach to. Made once: V8 never gives back what a dropped shared memory held. */
export function createScanMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1 + scratchPages, maximum: largestMemory, shared: true });
}

/** Makes room for `count` hashes; growth is seen by every thread at once. @throws RangeError past `mostHashes`. */
export function reserve(memory: WebAssembly.Memory, count: number): void {
  if (count > mostHashes) throw new RangeError(`${count} hashes do not fit one memory of 4 GiB: the limit is ${mostHashes}`);
  const needed = firstHash + count * hashBytes;
  const missing = needed - memory.buffer.byteLength;
  // A sixteenth more than asked for, so that a growing index does not grow its memory row by row.
  if (missing > 0)
    memory.grow(Math.min(Math.ceil((missing + needed / 16) / pageBytes), largestMemory - memory.buffer.byteLength / pageBytes));
}

/** The 32 bytes of hash `number`, writable. The view dies with the next growth: use it at once. */
export function hashAt(memory: WebAssembly.Memory, number: number): Uint8Array {
  return new Uint8Array(memory.buffer, firstHash + number * hashBytes, hashBytes);
}

type ScanFunction = (
  hashes: number,
  first: number,
  count: number,
  query: number,
  radius: number,
  out: number,
  capacity: number,
) => number;

/** One thread's way to scan a memory. */
export class Scanner {
  private readonly scan: ScanFunction;
  private readonly scratch: number;

  /** `thread` picks the scratch page: 0 for the main thread, then one a worker; no two threads may share one. */
  constructor(
    module: WebAssembly.Module,
    private readonly memory: WebAssembly.Memory,
    thread: number,
  ) {
    if (thread >= scratchPages) throw new RangeError(`thread ${thread}: there are scratch pages for ${scratchPages} threads`);
    this.scratch = (1 + thread) * pageBytes;
    // The kernel's only export; its signature is that of assembly/scan.ts.
    this.scan = new WebAssembly.Instance(module, { env: { memory } }).exports.scan as ScanFunction;
  }

  /** Pairs (number, distance) of every hash below `count` within `radius` bits of `query` (32 bytes). */
  search(count: number, query: Uint8Array, radius: number): Uint32Array<ArrayBuffer> {
    const { memory, scratch } = this;
    new Uint8Array(memory.buffer, scratch, hashBytes).set(query);
    const parts: Uint32Array[] = [];
    for (let first = 0, found = hitCapacity; found === hitCapacity; ) {
      // WebAssembly takes addresses as signed 32-bit numbers and reads them unsigned.
      found = this.scan(firstHash, first, count, scratch, radius, scratch + hitsAt, hitCapacity) >>> 0;
      const hits = new Uint32Array(memory.buffer, scratch + hitsAt, found * 2).slice();
      parts.push(hits);
      first = (hits.at(-2) ?? 0) + 1;
    }
    return concatenate(parts);
  }
}

function concatenate(parts: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const all = new Uint32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
