import { type ExactAlgorithm, isExact, type PerceptualAlgorithm } from '../domain/algorithms/registry.js';
import type { IndexedEntry, IndexedHash } from '../domain/entry.js';
import { algorithmOf, type ExactHash, type HashKind, hashKinds, kindOf } from '../domain/hash.js';
import type { Hit } from '../domain/verdict.js';
import { DigestTable } from './digest-table.js';
import { exactKey } from './exact-key.js';
import { int32s } from './growable.js';
import type { HashIndex, Lists, QueryHash, Whole } from './hash-index.js';
import { HashTable, type Place } from './hash-table.js';
import { ShardMemories } from './shard-memories.js';
import { Shards } from './shards.js';
import type { RecordNames } from './snapshot-format.js';
import { RecordReader, RecordWriter, type StoredValue } from './snapshot-records.js';
import type { IndexWorkerPool } from './worker-pool.js';

/** Segments of shards count from 1. */
const digestSegment = 0;
/** 0.3 ms per slice. */
const ordinalsPerSlice = 1_024;

interface Contents {
  readonly table: HashTable;
  readonly digests: DigestTable;
  readonly digestOrdinals: ReturnType<typeof int32s>;
  readonly freeDigests: number[];
  readonly shards: Readonly<Record<HashKind, Shards>>;
  digestCount: number;
}

/**
 * The default engine: every hash in memory, every search exact, by multi-index tables over memory that the workers share.
 *
 * Only the main thread writes; a worker rebuilds tables behind (see native-free-workers/shards/shard-compactor.ts).
 */
export class MemoryIndex implements HashIndex {
  readonly engine = 'memory';
  version = '0';
  private readonly memories = new ShardMemories();
  private contents: Contents;

  constructor(
    private readonly workers: IndexWorkerPool,
    /** Called when a compaction fails; its hashes are still found in the tail. */
    private readonly onFailure: (error: unknown) => void = () => {},
  ) {
    this.contents = this.empty();
  }

  get size(): number {
    return this.contents.table.size;
  }

  get compactions(): { begun: number; ended: number } {
    const all = hashKinds.map((kind) => this.contents.shards[kind].compactions);
    return all.reduce((sum, { begun, ended }) => ({ begun: sum.begun + begun, ended: sum.ended + ended }), {
      begun: 0,
      ended: 0,
    });
  }

  search(kind: HashKind, queries: readonly QueryHash[], radius: number, lists?: Lists): Hit[][] | Promise<Hit[][]> {
    const shards = this.contents.shards[kind];
    if (shards.isEmpty) return queries.map(() => []);
    return shards.search(
      queries.map((query) => (typeof query === 'string' ? Buffer.from(query, 'hex') : query)),
      radius,
      lists,
    );
  }

  async lookup(hashes: readonly ExactHash[], lists?: Lists): Promise<Hit[]> {
    const { table, digests, digestOrdinals } = this.contents;
    return hashes.flatMap(({ algorithm, value }) =>
      digests.slots(algorithm, exactKey(algorithm, value)).flatMap((slot) => {
        const ordinal = digestOrdinals.get(slot);
        const hit = table.isIn(ordinal, lists) ? table.hit(ordinal, algorithm, 0) : undefined;
        return hit ? [hit] : [];
      }),
    );
  }

  wholesOf(ordinals: readonly number[]): Whole[] {
    const { contents } = this;
    const found = new Map<number, Whole>();
    for (const ordinal of ordinals) {
      const whole = wholeOf(contents, ordinal);
      if (whole) found.set(whole.hit.ordinal, whole);
    }
    return [...found.values()];
  }

  entriesOf(list: string): number {
    return this.contents.table.sizeOf(list);
  }

  async load(pages: AsyncIterable<readonly IndexedEntry[]>, expected: number): Promise<void> {
    const contents = await this.renew();
    for await (const page of pages) {
      for (const entry of page)
        this.take(contents, entry, (kind, hash) => contents.shards[kind].load(hash.ordinal, hash.value, expected));
    }
    for (const kind of hashKinds) contents.shards[kind].build();
  }

  /**
   * Records of all hashes, by rising ordinal, in slices of less than a millisecond. Changes between two slices must be applied
   * again after `restore`. A slice throws once the index was loaded again.
   */
  snapshot(): { names: RecordNames; slices: Iterable<Uint8Array> } {
    const { contents } = this;
    const names = contents.table.names();
    return { names, slices: this.slices(contents, new RecordWriter(contents.table, names)) };
  }

  /** As `load`, from at most `expected` records of a snapshot. @throws SnapshotRefused for an impossible record. */
  async restore(names: RecordNames, chunks: AsyncIterable<Uint8Array>, expected: number): Promise<void> {
    const contents = await this.renew();
    const reader = new RecordReader(contents.table, names);
    for await (const chunk of chunks) {
      reader.take(chunk, (algorithm, variant, ordinal, value) => {
        if (isExact(algorithm)) return storeKey(contents, ordinal, algorithm, value);
        return contents.shards[kindOf(algorithm, variant)].load(ordinal, value, expected);
      });
    }
    for (const kind of hashKinds) contents.shards[kind].build();
  }

  add(entry: IndexedEntry): void {
    const { contents } = this;
    this.take(contents, entry, (kind, { ordinal, value }) => contents.shards[kind].append(ordinal, value));
  }

  remove(ordinals: readonly number[]): void {
    const { table, digests, freeDigests, shards } = this.contents;
    for (const ordinal of ordinals) {
      const place = table.remove(ordinal);
      if (!place) continue;
      if (place.segment === digestSegment) {
        digests.remove(place.slot);
        freeDigests.push(place.slot);
      } else for (const kind of hashKinds) shards[kind].remove(place.segment, place.slot);
    }
  }

  get isBehind(): boolean {
    return hashKinds.some((kind) => this.contents.shards[kind].isBehind);
  }

  async drained(): Promise<void> {
    for (const kind of hashKinds) {
      const shards = this.contents.shards[kind];
      if (shards.isBehind) await shards.settled();
    }
  }

  async close(): Promise<void> {
    await Promise.all(hashKinds.map((kind) => this.contents.shards[kind].close()));
  }

  private *slices(contents: Contents, writer: RecordWriter): Generator<Uint8Array> {
    // Later hashes come by the feed.
    const { highest } = contents.table;
    for (let first = 1; first <= highest; first += ordinalsPerSlice) {
      if (this.contents !== contents) throw new Error('the index was loaded again while its snapshot was written');
      yield writer.records(first, Math.min(first + ordinalsPerSlice - 1, highest), (place) => valueAt(contents, place));
    }
  }

  /** The new shards reuse the memories of the old ones. */
  private async renew(): Promise<Contents> {
    const { shards } = this.contents;
    await Promise.all(hashKinds.map((kind) => shards[kind].close()));
    this.contents = this.empty();
    return this.contents;
  }

  private take(contents: Contents, entry: IndexedEntry, store: (kind: HashKind, hash: IndexedHash) => Place): void {
    const { table } = contents;
    const number = table.entry(entry.hashes, entry);
    for (const hash of entry.hashes) {
      if (table.has(hash.ordinal)) continue;
      const { algorithm, variant, ordinal, value } = hash;
      const place = isExact(algorithm)
        ? storeKey(contents, ordinal, algorithm, exactKey(algorithm, value))
        : store(kindOf(algorithm, variant), hash);
      table.add(hash, number, place);
    }
  }

  private empty(): Contents {
    const table = new HashTable();
    const shards = (algorithm: PerceptualAlgorithm) => new Shards(algorithm, this.workers, table, this.memories, this.onFailure);
    return {
      table,
      digests: new DigestTable(),
      digestOrdinals: int32s(),
      freeDigests: [],
      shards: { pdq: shards('pdq'), region: shards('pdq'), blockhash: shards('blockhash') },
      digestCount: 0,
    };
  }
}

function storeKey(contents: Contents, ordinal: number, algorithm: ExactAlgorithm, key: Uint8Array): Place {
  const slot = contents.freeDigests.pop() ?? contents.digestCount++;
  contents.digests.set(slot, algorithm, key);
  contents.digestOrdinals.set(slot, ordinal);
  return { segment: digestSegment, slot };
}

function wholeOf({ table, shards }: Contents, ordinal: number): Whole | undefined {
  for (const sibling of table.wholesOf(ordinal)) {
    const place = table.placeOf(sibling);
    const value = place && shards.pdq.valueOf(place.segment, place.slot);
    const hit = value && table.hit(sibling, 'pdq', 0);
    if (hit) return { hit, value };
  }
  return undefined;
}

/** What a snapshot keeps of a hash. */
function valueAt({ digests, shards }: Contents, { segment, slot }: Place): StoredValue | undefined {
  if (segment === digestSegment) return digests.at(slot);
  for (const kind of hashKinds) {
    const value = shards[kind].valueOf(segment, slot);
    if (value) return { algorithm: algorithmOf(kind), value };
  }
  return undefined;
}
