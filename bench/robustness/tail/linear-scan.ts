import { readFile } from 'node:fs/promises';
import { built } from '../../../src/package-root.js';

/** Export of native-free-workers/assembly/scan.ts. */
interface ScanExports {
  scan(hashes: number, first: number, count: number, query: number, radius: number, out: number, capacity: number): number;
}

export type Visit = (row: number, distance: number) => void;
export type Scan = (query: Uint8Array, firstRow: number, radius: number, visit: Visit) => void;

const hashBytes = 32;
const capacity = 4_096;
const pageBytes = 65_536;

/** The scan kernel over `hashes` of 32 bytes, 1 to 2 ns per row. */
export async function linearScan(hashes: readonly Uint8Array[]): Promise<Scan> {
  const query = hashes.length * hashBytes;
  const out = query + hashBytes;
  const pages = Math.ceil((out + capacity * 8) / pageBytes);
  // The kernel is built for memory that threads share.
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const bytes = new Uint8Array(memory.buffer);
  hashes.forEach((hash, row) => void bytes.set(hash, row * hashBytes));
  const hits = new Uint32Array(memory.buffer, out, capacity * 2);
  const { instance } = await WebAssembly.instantiate(await readFile(built('native-free-workers/scan.wasm')), { env: { memory } });
  // The kernel's exports have no types of their own.
  const { scan } = instance.exports as unknown as ScanExports;
  return (wanted, firstRow, radius, visit) => {
    bytes.set(wanted, query);
    for (let first = firstRow; ; ) {
      const found = scan(0, first, hashes.length, query, radius, out, capacity);
      for (let at = 0; at < found; at++) visit(hits[2 * at] ?? 0, hits[2 * at + 1] ?? 0);
      if (found < capacity) return;
      first = (hits[2 * found - 2] ?? 0) + 1;
    }
  };
}
