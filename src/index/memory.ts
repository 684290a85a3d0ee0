import type { IndexedEntry, IndexedHash } from '../domain/entry.js';
import { type Algorithm, type PerceptualAlgorithm, perceptualAlgorithms } from '../domain/hash.js';
import type { Hit } from '../domain/verdict.js';
import { DigestTable } from './digest-table.js';
import { int32s } from './growable.js';
import type { HashIndex } from './hash-index.js';
import { HashTable, type Place } from './hash-table.js';
import { ShardMemories } from './shard-memories.js';
import { Shards } from './shards.js';
import type { IndexWorkers } from './workers.js';

/** The segment of the digests; those of shards count from 1. */
const digestSegment = 0;
const algorithmOfLength: Readonly<Record<number, Algorithm>> = { 16: 'md5', 20: 'sha1', 32: 'sha256' };

/** Everything that is forgotten at once when another database comes. */
interface Contents {
  readonly table: HashTable;
  readonly digests: DigestTable;
  readonly digestOrdinals: ReturnType<typeof int32s>;
  readonly freeDigests: number[];
  readonly shards: Readonly<Record<PerceptualAlgorithm, Shards>>;
  digestCount: number;
}

/**
 * The default engine: every hash in memory, every search exact, by multi-index tables over memory that the workers share.
 *
 * Only the main thread writes; a worker rebuilds tables behind (see native-free-workers/shard.ts).
 */
export class MemoryIndex implements HashIndex {
  readonly engine = 'memory';
  version = '0';
  private readonly memories = new ShardMemories();
  private contents: Contents;

  constructor(
    private readonly workers: IndexWorkers,
    /** Told when a compaction fails: what it was to take up stays in the tail, and is still found. */
    private readonly onFailure: (error: unknown) => void = () => {},
  ) {
    this.contents = this.empty();
  }

  get size(): number {
    return this.contents.table.size;
  }

  async search(algorithm: PerceptualAlgorithm, queries: readonly string[], radius: number): Promise<Hit[][]> {
    const { shards, table } = this.contents;
    const bytes = queries.map((hex) => Buffer.from(hex, 'hex'));
    const found = await shards[algorithm].search(bytes, radius);
    return found.map((hits) => hits.map(({ ordinal, distance }) => ({ ...table.describe(ordinal), algorithm, distance })));
  }

  async lookup(digests: readonly Uint8Array[]): Promise<Hit[]> {
    const { table, digests: known, digestOrdinals } = this.contents;
    return digests.flatMap((digest) => {
      const algorithm = algorithmOfLength[digest.length];
      if (!algorithm) return [];
      return known.slots(digest).map((slot) => ({ ...table.describe(digestOrdinals.get(slot)), algorithm, distance: 0 }));
    });
  }

  async load(pages: AsyncIterable<readonly IndexedEntry[]>, expected: number): Promise<void> {
    // The old shards first, so that their memories serve the new ones: nobody asks an index that is loading.
    await Promise.all(perceptualAlgorithms.map((algorithm) => this.contents.shards[algorithm].close()));
    const contents = this.empty();
    this.contents = contents;
    for await (const page of pages) {
      for (const entry of page)
        this.take(contents, entry, (algorithm, hash) => contents.shards[algorithm].load(hash.ordinal, hash.value, expected));
    }
    for (const algorithm of perceptualAlgorithms) contents.shards[algorithm].build();
  }

  add(entry: IndexedEntry): void {
    const { contents } = this;
    this.take(contents, entry, (algorithm, { ordinal, value }) => contents.shards[algorithm].append(ordinal, value));
  }

  remove(ordinals: readonly number[]): void {
    const { table, digests, freeDigests, shards } = this.contents;
    for (const ordinal of ordinals) {
      const place = table.remove(ordinal);
      if (!place) continue;
      if (place.segment === digestSegment) {
        digests.remove(place.slot);
        freeDigests.push(place.slot);
      } else for (const algorithm of perceptualAlgorithms) shards[algorithm].remove(place.segment, place.slot);
    }
  }

  async drained(): Promise<void> {
    for (const algorithm of perceptualAlgorithms) {
      const shards = this.contents.shards[algorithm];
      if (shards.isBehind) await shards.settled();
    }
  }

  async close(): Promise<void> {
    await Promise.all(perceptualAlgorithms.map((algorithm) => this.contents.shards[algorithm].close()));
  }

  private take(
    contents: Contents,
    entry: IndexedEntry,
    store: (algorithm: PerceptualAlgorithm, hash: IndexedHash) => Place,
  ): void {
    const { table } = contents;
    const number = table.entry(entry.hashes, entry);
    for (const hash of entry.hashes) {
      if (table.has(hash.ordinal)) continue;
      const algorithm = perceptualAlgorithms.find((one) => one === hash.algorithm);
      table.add(hash, number, algorithm ? store(algorithm, hash) : storeDigest(contents, hash));
    }
  }

  private empty(): Contents {
    const table = new HashTable();
    const shards = () => new Shards(this.workers, table, this.memories, this.onFailure);
    return {
      table,
      digests: new DigestTable(),
      digestOrdinals: int32s(),
      freeDigests: [],
      shards: { pdq: shards(), blockhash: shards() },
      digestCount: 0,
    };
  }
}

function storeDigest(contents: Contents, { ordinal, value }: IndexedHash): Place {
  const slot = contents.freeDigests.pop() ?? contents.digestCount++;
  contents.digests.set(slot, value);
  contents.digestOrdinals.set(slot, ordinal);
  return { segment: digestSegment, slot };
}
