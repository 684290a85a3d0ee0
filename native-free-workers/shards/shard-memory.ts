import { bands, control, controlAt, controlWords, type Layout, masksAt, startsBytes } from './shard-layout.js';

export interface ShardKernels {
  readonly scan: WebAssembly.Module;
  readonly multiIndex: WebAssembly.Module;
}

/** What a thread needs to attach to a shard. */
export interface ShardHandle {
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
}

/** A table of zeros holds no hash. */
export function createShard(id: number, layout: Layout): ShardHandle {
  const memory = new WebAssembly.Memory({ initial: layout.pages, maximum: layout.pages, shared: true });
  const words = new Int32Array(memory.buffer, controlAt, controlWords);
  for (let table = 0; table <= bands; table++) words[control.tables + table] = layout.tables + table * layout.tableBytes;
  words[control.epoch] = 1;
  const masks = bucketMasks();
  new Uint16Array(memory.buffer, masksAt, masks.length).set(masks);
  return { id, memory, layout };
}

/** For reuse, because V8 never frees the memory. No thread may be searching the shard. */
export function clearShard({ memory, layout }: ShardHandle): void {
  const words = new Int32Array(memory.buffer, controlAt, control.active);
  const epoch = Atomics.load(words, control.epoch);
  words.fill(0, control.spare + 1);
  Atomics.store(words, control.epoch, epoch + 1);
  for (let table = 0; table <= bands; table++) {
    new Uint8Array(memory.buffer, layout.tables + table * layout.tableBytes, startsBytes).fill(0);
  }
}

/** All 16-bit values with up to three bits set, by number of bits: 1 + 16 + 120 + 560 = 697. */
function bucketMasks(): number[] {
  const byBits: number[][] = [[], [], [], []];
  for (let value = 0; value < 65_536; value++) byBits[bitsOf(value)]?.push(value);
  return byBits.flat();
}

function bitsOf(value: number): number {
  let count = 0;
  for (let bits = value; bits > 0; bits &= bits - 1) count++;
  return count;
}
