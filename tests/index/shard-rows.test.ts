import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ShardCompactor } from '../../native-free-workers/shards/shard-compactor.js';
import { layoutOf } from '../../native-free-workers/shards/shard-layout.js';
import { createShard } from '../../native-free-workers/shards/shard-memory.js';
import { HashTable } from '../../src/index/hash-table.js';
import { ShardRows } from '../../src/index/shard-rows.js';
import { built } from '../../src/package-root.js';
import { randomFrom } from '../support/images.js';
import { pdqEntry } from './entries.js';

const compile = async (kernel: string) => WebAssembly.compile(await readFile(built(`native-free-workers/${kernel}.wasm`)));
const kernels = { scan: await compile('scan'), multiIndex: await compile('multi-index') };
/** More than 8 192, so that searches use the tables. */
const capacity = 10_000;

class TestShard {
  readonly handle = createShard(1, layoutOf(capacity, 4_096));
  readonly rows = new ShardRows(kernels, this.handle);
  readonly table = new HashTable();
  readonly values = new Map<number, Uint8Array>();
  private readonly random = randomFrom(31);
  private ordinal = 0;

  add(count: number): number[] {
    return Array.from({ length: count }, () => {
      const value = Uint8Array.from({ length: 32 }, () => this.random() * 256);
      const slot = this.rows.append(++this.ordinal, value);
      if (slot === undefined) throw new Error(`no room for hash ${this.ordinal}`);
      const entry = pdqEntry(this.ordinal, Buffer.from(value).toString('hex'));
      const [hash] = entry.hashes;
      if (hash) this.table.add(hash, this.table.entry(entry.hashes, entry), { segment: 1, slot });
      this.values.set(this.ordinal, value);
      return this.ordinal;
    });
  }

  remove(ordinals: readonly number[]): void {
    for (const ordinal of ordinals) {
      const place = this.table.remove(ordinal);
      if (place) this.rows.remove(place.slot);
      this.values.delete(ordinal);
    }
  }

  /** `meanwhile` runs while the tables are built. */
  compact(succeeds: boolean, meanwhile: () => void = () => {}): void {
    const plan = this.rows.plan(this.table);
    meanwhile();
    if (succeeds) {
      new ShardCompactor(kernels, this.handle).merge(plan.added, plan.tailTo);
      this.rows.finish(plan);
    } else this.rows.abandon(plan, this.table);
  }

  /** Ordinals of hashes that a search does not find. */
  missing(): number[] {
    return [...this.values].flatMap(([ordinal, value]) => {
      const pairs = this.rows.searcher.search(value, 0);
      const found = [...pairs].some((slot, at) => at % 2 === 0 && this.rows.ordinalOf(slot) === ordinal);
      return found && this.table.has(ordinal) ? [] : [ordinal];
    });
  }
}

describe('a compaction that fails', () => {
  it('in a nearly full shard overwrites no hash, and the next compaction fills the free rows', () => {
    const shard = new TestShard();
    for (let at = 0; at < 3; at++) {
      shard.add(3_000);
      shard.compact(true);
    }
    shard.add(900);
    shard.compact(false);
    expect(shard.missing()).toEqual([]);
    for (let at = 0; at < 2; at++) shard.compact(true);
    expect(shard.missing()).toEqual([]);
    expect(shard.rows.extent).toEqual({ rows: 10_000, tail: 0 });
  });

  it('gives no row to two hashes when a hash is withdrawn meanwhile', () => {
    const shard = new TestShard();
    for (let at = 0; at < 3; at++) {
      shard.add(3_000);
      shard.compact(true);
    }
    const late = shard.add(500);
    shard.compact(false, () => shard.remove(late.slice(0, 50)));
    shard.compact(true);
    shard.add(500);
    for (let at = 0; at < 2; at++) shard.compact(true);
    expect(shard.missing()).toEqual([]);
  });
});
