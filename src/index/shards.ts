import { maxHashes } from '../../native-free-workers/shards/shard-layout.js';
import type { Algorithm } from '../domain/algorithms/registry.js';
import type { EntryFacts } from '../domain/entry.js';
import { byteDistance } from '../domain/hash.js';
import type { Hit } from '../domain/verdict.js';
import type { Lists } from './hash-index.js';
import type { HashTable } from './hash-table.js';
import { nearestOfEachKind, uncappedHits } from './heap-cap.js';
import type { ShardMemories } from './shard-memories.js';
import { ShardRows } from './shard-rows.js';
import type { IndexWorkerPool } from './worker-pool.js';

/** A hop to a worker costs 25-45 us, and one request must not delay the others. */
const maxUsOnMainThread = 120;
/** 2 ms at 1 M hashes. Posting a task costs 50 us; with 64 queries per task, batches are a tenth slower. */
const queriesPerTask = 128;
/** Per search, so that a few large batches do not fill the queue. */
const maxTasks = 64;
/** Every shard makes searches longer. Unused pages take addresses (0.7 GB) but no memory. */
const smallestShard = 4_194_304;
const smallestTail = 65_536;
const retryMs = 1_000;
const largestTail = 262_144;

interface Wanted {
  readonly radius: number;
  readonly lists: Lists | undefined;
}

interface Asked extends Wanted {
  /** By number of entry. */
  readonly known: Map<number, EntryFacts>;
}

/** All hashes of one kind. */
export class Shards {
  private readonly shards: ShardRows[] = [];
  private compacting: Promise<void> | undefined;
  private closed = false;
  /** Slots named by answers that were not read yet must not be reused. */
  private readonly unread = new Set<Promise<void>>();
  readonly compactions = { begun: 0, ended: 0 };

  constructor(
    private readonly algorithm: Algorithm,
    private readonly workers: IndexWorkerPool,
    private readonly table: HashTable,
    private readonly memories: ShardMemories,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  append(ordinal: number, value: Uint8Array): { segment: number; slot: number } {
    // Use freed rows first.
    for (const shard of this.shards) {
      const slot = shard.append(ordinal, value);
      if (slot === undefined) continue;
      this.compactWhenWorthIt();
      return { segment: shard.handle.id, slot };
    }
    const wanted = (this.shards.at(-1)?.handle.layout.capacity ?? 0) * 2;
    this.open(wanted, wanted);
    return this.append(ordinal, value);
  }

  /** For shards that are not searched before `build`. `expected`: hashes to come in all. */
  load(ordinal: number, value: Uint8Array, expected: number): { segment: number; slot: number } {
    const last = this.shards.at(-1);
    const slot = last?.load(ordinal, value);
    if (last && slot !== undefined) return { segment: last.handle.id, slot };
    const doubled = (last?.handle.layout.capacity ?? 0) * 2;
    this.open(Math.max(expected * 1.25, doubled), Math.max(expected * 1.05, doubled));
    return this.load(ordinal, value, expected);
  }

  build(): void {
    for (const shard of this.shards) shard.build(this.workers.kernels);
  }

  remove(segment: number, slot: number): void {
    this.shards.find(({ handle }) => handle.id === segment)?.remove(slot);
    this.compactWhenWorthIt();
  }

  valueOf(segment: number, slot: number): Uint8Array | undefined {
    return this.shards.find(({ handle }) => handle.id === segment)?.valueOf(slot);
  }

  get isBehind(): boolean {
    const open = this.shards.filter(({ hasRoom }) => hasRoom);
    return open.length > 0 && open.every(({ extent, handle }) => extent.tail > handle.layout.tailCapacity / 2);
  }

  async settled(): Promise<void> {
    await this.compacting;
  }

  /** No searches after this. */
  async close(): Promise<void> {
    this.closed = true;
    await this.compacting;
    for (const { handle } of this.shards) this.memories.giveBack(handle);
  }

  get isEmpty(): boolean {
    return this.shards.length === 0;
  }

  /** `queries`: 32 bytes each. Returns no promise when this thread is as fast as a worker. */
  search(queries: readonly Uint8Array[], radius: number, lists?: Lists): Hit[][] | Promise<Hit[][]> {
    const wanted: Wanted = { radius, lists };
    const hits: Hit[][] = queries.map(() => []);
    const [only] = this.shards;
    if (only && this.shards.length === 1 && isShort(only, queries, radius)) {
      this.searchHere(only, queries, wanted, hits);
      return hits;
    }
    return this.searchAll(queries, wanted, hits);
  }

  private async searchAll(queries: readonly Uint8Array[], wanted: Wanted, hits: Hit[][]): Promise<Hit[][]> {
    // A shard opened meanwhile holds only later hashes.
    const shards = [...this.shards];
    await Promise.all(shards.map((shard) => this.searchShard(shard, queries, wanted, hits)));
    return shards.length === 1 || hits.every((one) => one.length < 2) ? hits : hits.map(unique);
  }

  private searchHere(shard: ShardRows, queries: readonly Uint8Array[], wanted: Wanted, hits: Hit[][]): void {
    let asked: Asked | undefined;
    for (const [number, query] of queries.entries()) {
      const pairs = shard.searcher.search(query, wanted.radius);
      // Nearly all searches end here.
      if (pairs.length === 0) continue;
      asked ??= { ...wanted, known: new Map() };
      this.collect(shard, query, pairs, asked, hits[number]);
    }
  }

  private async searchShard(shard: ShardRows, queries: readonly Uint8Array[], wanted: Wanted, hits: Hit[][]): Promise<void> {
    if (isShort(shard, queries, wanted.radius)) return this.searchHere(shard, queries, wanted, hits);
    const tasks: Promise<void>[] = [];
    const share = Math.ceil(queries.length / Math.min(maxTasks, Math.ceil(queries.length / queriesPerTask)));
    for (let first = 0; first < queries.length; first += share)
      tasks.push(this.searchByWorkers(shard, queries.slice(first, first + share), wanted, hits.slice(first, first + share)));
    await Promise.all(tasks);
  }

  /** A worker answers as many queries as its scratch can hold. */
  private async searchByWorkers(shard: ShardRows, queries: readonly Uint8Array[], wanted: Wanted, hits: Hit[][]): Promise<void> {
    for (let first = 0; first < queries.length; ) {
      const part = new Uint8Array(Buffer.concat(queries.slice(first)));
      const reading = this.workers.search({ shard: shard.handle, queries: part, radius: wanted.radius }).then((results) => {
        const asked: Asked = { ...wanted, known: new Map() };
        for (const [at, pairs] of results.entries()) this.collect(shard, queries[first + at], pairs, asked, hits[first + at]);
        return results.length;
      });
      const read = reading.then(
        () => {},
        () => {},
      );
      this.unread.add(read);
      void read.then(() => this.unread.delete(read));
      first += await reading;
    }
  }

  /** A slot may have changed since the worker searched it. */
  private collect(
    shard: ShardRows,
    query: Uint8Array | undefined,
    pairs: Uint32Array,
    { radius, lists, known }: Asked,
    into: Hit[] = [],
  ): void {
    if (pairs.length === 0 || !query) return;
    let hits: Hit[] | undefined;
    const isHeap = pairs.length > 2 * uncappedHits;
    const near = isHeap ? nearestOfEachKind(pairs, (slot) => this.kindOf(shard.ordinalOf(slot), lists)) : pairs;
    for (let at = 0; at < near.length; at += 2) {
      const slot = near[at] ?? 0;
      const ordinal = shard.ordinalOf(slot);
      if (!this.table.isIn(ordinal, lists)) continue;
      const distance = byteDistance(query, shard.valueOf(slot));
      const hit = distance <= radius ? this.table.hit(ordinal, this.algorithm, distance, known) : undefined;
      if (!hit) continue;
      hits ??= [];
      hits.push(hit);
    }
    if (!hits) return;
    for (const hit of hits.length < 2 ? hits : unique(hits)) into.push(hit);
  }

  private kindOf(ordinal: number, lists: Lists | undefined): number | undefined {
    return this.table.isIn(ordinal, lists) ? this.table.kindOf(ordinal) : undefined;
  }

  private open(wanted: number, minimum: number): void {
    const maxCapacity = maxHashes(largestTail);
    const capacity = Math.min(Math.max(Math.ceil(wanted), smallestShard), maxCapacity);
    const tailCapacity = Math.min(Math.max(Math.ceil(wanted / 8), smallestTail), largestTail);
    const minCapacity = Math.min(Math.ceil(minimum), maxCapacity);
    const memory = this.memories.take({ capacity, minCapacity, tailCapacity });
    this.shards.push(new ShardRows(this.workers.kernels, memory));
  }

  private compactWhenWorthIt(): void {
    if (this.compacting || this.closed || !this.shards.some((shard) => shard.isWorthCompacting())) return;
    this.compacting = this.compact().then(
      () => {
        this.compacting = undefined;
        this.compactWhenWorthIt();
      },
      (error: unknown) => {
        this.compacting = undefined;
        this.onFailure(error);
        // Not only at the next change: while the tail is long, none comes.
        setTimeout(() => this.compactWhenWorthIt(), retryMs).unref();
      },
    );
  }

  private async compact(): Promise<void> {
    // The hash that started this is not in the table before `append` has returned.
    await Promise.resolve();
    for (const shard of this.shards.filter((one) => one.isWorthCompacting())) {
      const plan = shard.plan(this.table);
      const { added, tailTo } = plan;
      this.compactions.begun++;
      try {
        await this.workers.compact({ shard: shard.handle, added, tailTo });
      } catch (error) {
        shard.abandon(plan, this.table);
        throw error;
      }
      await Promise.all(this.unread);
      shard.finish(plan);
      this.compactions.ended++;
    }
  }
}

function isShort({ extent }: ShardRows, queries: readonly Uint8Array[], radius: number): boolean {
  return queries.length * expectedUs(extent, radius) <= maxUsOnMainThread;
}

function expectedUs({ rows, tail }: { rows: number; tail: number }, radius: number): number {
  const scanned = (rows < 8_192 ? rows : 0) + tail;
  const probed = rows < 8_192 ? 0 : (12 + rows * 7e-6) * (radius < 32 ? 1 : radius < 48 ? 8 : 50);
  return scanned * 0.0016 + Math.min(probed, rows * 0.0016);
}

/** A hash that moves between slots may be found in both. */
function unique(hits: readonly Hit[]): Hit[] {
  return [...new Map(hits.map((hit) => [hit.ordinal, hit])).values()];
}
