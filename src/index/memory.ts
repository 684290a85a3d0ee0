import { hashAt, hashBytes, reserve } from '../../native-free-workers/scan.js';
import type { IndexedEntry, IndexedHash } from '../domain/entry.js';
import { type Algorithm, type PerceptualAlgorithm, perceptualAlgorithms } from '../domain/hash.js';
import type { Hit } from '../domain/verdict.js';
import { EntryTable, SlotTable } from './catalogue.js';
import { DigestTable, OrdinalMap } from './digest-table.js';
import type { HashIndex } from './hash-index.js';
import type { IndexWorkers } from './workers.js';

/**
 * Comparisons up to which the main thread searches itself. Measured: 1.5 ns a comparison, 25-45 us a hop to a worker; 65 536 are 0.1 ms,
 * which is also what one request may hold up the others.
 */
const comparisonsHere = 65_536;
/** Queries a task: a batch spreads over all workers, and no task lasts longer than an image's queries do. */
const queriesATask = 16;

/** Segments by number in the ordinal map: one a perceptual algorithm, then the digests. */
const digestSegment = perceptualAlgorithms.length;
const algorithmOfLength: Readonly<Record<number, Algorithm>> = { 16: 'md5', 20: 'sha1', 32: 'sha256' };

/**
 * The default engine: every hash in memory, every search exact by linear scan over bytes shared with the workers.
 *
 * Only the main thread writes. A worker may scan while a slot is written anew: its hits are therefore compared once more here, where
 * nothing moves, before they are believed.
 */
export class MemoryIndex implements HashIndex {
  readonly engine = 'memory';
  version = '0';
  private entries = new EntryTable();
  private ordinals = new OrdinalMap();
  private digests = new DigestTable();
  private slots = newSlotTables();

  constructor(private readonly workers: IndexWorkers) {}

  get size(): number {
    return this.slots.reduce((total, table) => total + table.size, 0);
  }

  async search(algorithm: PerceptualAlgorithm, queries: readonly string[], radius: number): Promise<Hit[][]> {
    const table = this.table(perceptualAlgorithms.indexOf(algorithm));
    if (table.count === 0 || queries.length === 0) return queries.map(() => []);
    const bytes = queries.map((hex) => Buffer.from(hex, 'hex'));
    const pairs = await this.scan(algorithm, bytes, table.count, radius);
    return bytes.map((query, number) => this.hitsOf(algorithm, query, pairs[number] ?? new Uint32Array(), radius));
  }

  async lookup(digests: readonly Uint8Array[]): Promise<Hit[]> {
    return digests.flatMap((digest) => {
      const algorithm = algorithmOfLength[digest.length];
      return algorithm ? this.digests.slots(digest).flatMap((slot) => this.hit(digestSegment, slot, algorithm, 0)) : [];
    });
  }

  add(entry: IndexedEntry): void {
    const known = entry.hashes.map(({ ordinal }) => this.ordinals.get(ordinal)).find((place) => place !== undefined);
    const number = known && this.table(known.segment).entryOf(known.slot);
    const place = number ?? this.entries.add(entry);
    this.entries.update(place, entry);
    for (const hash of entry.hashes) {
      if (!this.ordinals.get(hash.ordinal)) this.insert(hash, place);
    }
  }

  remove(ordinals: readonly number[]): void {
    for (const ordinal of ordinals) {
      const place = this.ordinals.get(ordinal);
      if (!place) continue;
      const table = this.table(place.segment);
      const entry = table.entryOf(place.slot);
      if (place.segment === digestSegment) this.digests.remove(place.slot);
      table.remove(place.slot);
      this.ordinals.delete(ordinal);
      if (entry !== undefined) this.entries.release(entry);
    }
  }

  /** The shared memories stay and are written over: V8 would keep what dropped ones held. */
  clear(): void {
    this.entries = new EntryTable();
    this.ordinals = new OrdinalMap();
    this.digests = new DigestTable();
    this.slots = newSlotTables();
  }

  async close(): Promise<void> {}

  private insert(hash: IndexedHash, entry: number): void {
    const perceptual = perceptualAlgorithms.indexOf(hash.algorithm as PerceptualAlgorithm);
    const segment = perceptual < 0 ? digestSegment : perceptual;
    const slot = this.table(segment).add(hash, entry);
    if (perceptual < 0) this.digests.set(slot, hash.value);
    else this.write(hash.algorithm as PerceptualAlgorithm, slot, hash.value);
    this.ordinals.set(hash.ordinal, segment, slot);
    this.entries.retain(entry);
  }

  private write(algorithm: PerceptualAlgorithm, slot: number, value: Uint8Array): void {
    const memory = this.workers.memories[algorithm];
    reserve(memory, slot + 1);
    hashAt(memory, slot).set(value);
  }

  /** Pairs (slot, distance) of each query: here when that is cheaper than a hop, else in the workers. */
  private async scan(
    algorithm: PerceptualAlgorithm,
    queries: readonly Buffer[],
    count: number,
    radius: number,
  ): Promise<Uint32Array[]> {
    if (count * queries.length <= comparisonsHere) {
      return queries.map((query) => this.workers.scanners[algorithm].search(count, query, radius));
    }
    const tasks: Promise<Uint32Array[]>[] = [];
    for (let first = 0; first < queries.length; first += queriesATask) {
      const part = new Uint8Array(Buffer.concat(queries.slice(first, first + queriesATask)));
      tasks.push(this.workers.search({ algorithm, queries: part, count, radius }));
    }
    return (await Promise.all(tasks)).flat();
  }

  private hitsOf(algorithm: PerceptualAlgorithm, query: Uint8Array, pairs: Uint32Array, radius: number): Hit[] {
    const hits: Hit[] = [];
    for (let at = 0; at < pairs.length; at += 2) {
      const slot = pairs[at] ?? 0;
      const distance = distanceOf(query, hashAt(this.workers.memories[algorithm], slot));
      if (distance <= radius) hits.push(...this.hit(perceptualAlgorithms.indexOf(algorithm), slot, algorithm, distance));
    }
    return hits;
  }

  private hit(segment: number, slot: number, algorithm: Algorithm, distance: number): Hit[] {
    const table = this.table(segment);
    const entry = table.entryOf(slot);
    return entry === undefined ? [] : [{ ...table.describe(slot), algorithm, distance, entry: this.entries.facts(entry) }];
  }

  private table(segment: number): SlotTable {
    const table = this.slots[segment];
    if (!table) throw new RangeError(`no segment ${segment}`);
    return table;
  }
}

function newSlotTables(): SlotTable[] {
  return [...perceptualAlgorithms.map(() => new SlotTable()), new SlotTable()];
}

function distanceOf(a: Uint8Array, b: Uint8Array): number {
  let distance = 0;
  for (let byte = 0; byte < hashBytes; byte++) {
    for (let bits = (a[byte] ?? 0) ^ (b[byte] ?? 0); bits > 0; bits &= bits - 1) distance++;
  }
  return distance;
}
