import { maxHashes } from '../../native-free-workers/shard-layout.js';
import type { Algorithm } from '../domain/algorithms/registry.js';
import type { Hit } from '../domain/verdict.js';
import type { HashTable } from './hash-table.js';
import { nearestOfEachKind, uncappedHits } from './heap-cap.js';
import type { ShardMemories } from './shard-memories.js';
import { ShardRows } from './shard-rows.js';
import type { IndexWorkerPool } from './worker-pool.js';

/** Searches expected to take longer than this go to a worker: a hop costs 25-45 us, and one request must not hold up the others. */
const longestHereUs = 120;
/**
 * Queries a task at most: 2 ms at 1 M. Posting a task costs the main thread 50 us and more where a worker must be woken: with tasks of 32 that was a
 * sixth of its time under batches of 100, and tasks of 128 do a tenth more of them than tasks of 64.
 */
const queriesATask = 128;
/** Tasks of one search at most, so that a few large batches do not fill the queue for everybody; those have longer tasks. */
const maxTasks = 64;
/**
 * So that a node which starts empty has one shard for long: each further one makes every search longer, and they stay apart. It costs
 * addresses (0.7 GB), not memory: pages nobody has written to take none.
 */
const smallestShard = 4_194_304;
const smallestTail = 65_536;
const retryMs = 1_000;
const largestTail = 262_144;

/** All hashes of one algorithm, in as many shards as they need: the next opens when the last is full. */
export class Shards {
  private readonly shards: ShardRows[] = [];
  private compacting: Promise<void> | undefined;
  private closed = false;
  /** Searches by workers whose answers have not been read: rows and places of the tail they name stay what they are. */
  private readonly unread = new Set<Promise<void>>();
  /** Compactions so far; `ended` counts those that succeeded. */
  readonly compactions = { begun: 0, ended: 0 };

  constructor(
    private readonly algorithm: Algorithm,
    private readonly workers: IndexWorkerPool,
    private readonly table: HashTable,
    private readonly memories: ShardMemories,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Adds a hash that is found from now on. */
  append(ordinal: number, value: Uint8Array): { segment: number; slot: number } {
    // The first with room: what removals freed in an old shard is used before a younger one grows.
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

  /** Adds a hash that is found after `build`: for shards nobody searches yet. `expected` hashes are to come in all. */
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

  /** The 32 bytes in a slot of one of these shards; undefined where the segment is none of them. */
  valueOf(segment: number, slot: number): Uint8Array | undefined {
    return this.shards.find(({ handle }) => handle.id === segment)?.valueOf(slot);
  }

  /** True while so much waits for a compaction that adding more should wait, too. */
  get isBehind(): boolean {
    const open = this.shards.filter(({ hasRoom }) => hasRoom);
    return open.length > 0 && open.every(({ extent, handle }) => extent.tail > handle.layout.tailCapacity / 2);
  }

  /** Resolves when the compaction under way, if any, is done. */
  async settled(): Promise<void> {
    await this.compacting;
  }

  /** Ends compaction and gives the memories back: nobody may search these shards any more. */
  async close(): Promise<void> {
    this.closed = true;
    await this.compacting;
    for (const { handle } of this.shards) this.memories.giveBack(handle);
  }

  /** True while there is nothing to search: kinds of which a base knows none cost no query anything. */
  get isEmpty(): boolean {
    return this.shards.length === 0;
  }

  /** Every living hash within `radius` of each query (32 bytes), once; one array a query. At once where that is as fast as a hop to a worker. */
  search(queries: readonly Uint8Array[], radius: number): Hit[][] | Promise<Hit[][]> {
    const hits: Hit[][] = queries.map(() => []);
    const [only] = this.shards;
    if (only && this.shards.length === 1 && isShort(only, queries, radius)) {
      this.searchHere(only, queries, radius, hits);
      return hits;
    }
    return this.searchAll(queries, radius, hits);
  }

  private async searchAll(queries: readonly Uint8Array[], radius: number, hits: Hit[][]): Promise<Hit[][]> {
    // Taken now: a shard opened meanwhile holds only what came after this search.
    const shards = [...this.shards];
    await Promise.all(shards.map((shard) => this.searchShard(shard, queries, radius, hits)));
    return shards.length === 1 || hits.every((one) => one.length < 2) ? hits : hits.map(unique);
  }

  private searchHere(shard: ShardRows, queries: readonly Uint8Array[], radius: number, hits: Hit[][]): void {
    for (const [number, query] of queries.entries())
      this.collect(shard, query, shard.searcher.search(query, radius), radius, hits[number]);
  }

  private async searchShard(shard: ShardRows, queries: readonly Uint8Array[], radius: number, hits: Hit[][]): Promise<void> {
    if (isShort(shard, queries, radius)) return this.searchHere(shard, queries, radius, hits);
    const tasks: Promise<void>[] = [];
    const share = Math.ceil(queries.length / Math.min(maxTasks, Math.ceil(queries.length / queriesATask)));
    for (let first = 0; first < queries.length; first += share)
      tasks.push(this.searchByWorkers(shard, queries.slice(first, first + share), radius, hits.slice(first, first + share)));
    await Promise.all(tasks);
  }

  /** A worker answers as many queries as it has room for the hits of; the rest are asked again. */
  private async searchByWorkers(shard: ShardRows, queries: readonly Uint8Array[], radius: number, hits: Hit[][]): Promise<void> {
    for (let first = 0; first < queries.length; ) {
      const part = new Uint8Array(Buffer.concat(queries.slice(first)));
      const reading = this.workers.search({ shard: shard.handle, queries: part, radius }).then((results) => {
        for (const [at, pairs] of results.entries()) this.collect(shard, queries[first + at], pairs, radius, hits[first + at]);
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

  /** Hits that are still true: what they name may have gone while a worker searched. Compared once more, here. */
  private collect(shard: ShardRows, query: Uint8Array | undefined, pairs: Uint32Array, radius: number, into: Hit[] = []): void {
    if (pairs.length === 0 || !query) return;
    const hits: Hit[] = [];
    const isHeap = pairs.length > 2 * uncappedHits;
    const near = isHeap ? nearestOfEachKind(pairs, (slot) => this.table.kindOf(shard.ordinalOf(slot))) : pairs;
    for (let at = 0; at < near.length; at += 2) {
      const slot = near[at] ?? 0;
      const ordinal = shard.ordinalOf(slot);
      const distance = distanceOf(query, shard.valueOf(slot));
      const hit = distance <= radius ? this.table.hit(ordinal, this.algorithm, distance) : undefined;
      if (hit) hits.push(hit);
    }
    for (const hit of hits.length < 2 ? hits : unique(hits)) into.push(hit);
  }

  private open(wanted: number, least: number): void {
    const most = maxHashes(largestTail);
    const capacity = Math.min(Math.max(Math.ceil(wanted), smallestShard), most);
    const tailCapacity = Math.min(Math.max(Math.ceil(wanted / 8), smallestTail), largestTail);
    const memory = this.memories.take({ capacity, least: Math.min(Math.ceil(least), most), tailCapacity });
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
        // Not at once: what failed may well fail again. Nor only at the next change: while the tail is long, none comes.
        setTimeout(() => this.compactWhenWorthIt(), retryMs).unref();
      },
    );
  }

  private async compact(): Promise<void> {
    // Not at once: the hash whose coming started this has no place in the table before `append` has returned, and would be taken for gone.
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
  return queries.length * expectedUs(extent, radius) <= longestHereUs;
}

/** About how long a search takes, in us: the tables by their size, the tail and small shards row by row. */
function expectedUs({ rows, tail }: { rows: number; tail: number }, radius: number): number {
  const scanned = (rows < 8_192 ? rows : 0) + tail;
  const probed = rows < 8_192 ? 0 : (12 + rows * 7e-6) * (radius < 32 ? 1 : radius < 48 ? 8 : 50);
  return scanned * 0.0016 + Math.min(probed, rows * 0.0016);
}

/** A hash on its way from the tail to a row, or from one place to another, is found in both. */
function unique(hits: readonly Hit[]): Hit[] {
  return [...new Map(hits.map((hit) => [hit.ordinal, hit])).values()];
}

const bitCounts = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function distanceOf(a: Uint8Array, b: Uint8Array): number {
  let distance = 0;
  for (let at = 0; at < a.length; at++) distance += bitCounts[(a[at] ?? 0) ^ (b[at] ?? 0)] ?? 0;
  return distance;
}
