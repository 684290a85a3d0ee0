import type { Algorithm } from '../domain/algorithms/registry.js';
import type { EntryFacts, IndexedHash } from '../domain/entry.js';
import { fullVariant } from '../domain/hash.js';
import type { Hit } from '../domain/verdict.js';
import { EntryTable, type NameNumbers } from './entry-table.js';
import { int32s, Names, uint8s, uint16s } from './growable.js';
import type { Lists } from './hash-index.js';
import { OrdinalMap } from './ordinal-map.js';
import { type RecordCursor, type RecordNames, unknownQuality } from './snapshot-format.js';

/** An entry has up to 40 hashes. */
const siblingsWithin = 64;

export interface Place {
  readonly segment: number;
  readonly slot: number;
}

/**
 * The facts of every hash, by ordinal: 21 to 29 bytes per hash, and its entry. A hash without a row here is removed, even if a
 * segment still finds it.
 */
export class HashTable {
  private readonly facts = new EntryTable();
  private readonly rows = new OrdinalMap();
  private readonly freeRows: number[] = [];
  private usedRows = 0;
  private readonly entries = int32s();
  private readonly variants = uint16s();
  private readonly qualities = uint8s();
  private readonly segments = uint16s();
  private readonly slots = int32s();
  /** Overflow counts as a region, which never removes. */
  private readonly variantNames = new Names<string>(65_536, 'region_other');
  highest = 0;

  get size(): number {
    return this.usedRows - this.freeRows.length;
  }

  /**
   * Adds or updates the entry of these hashes and returns its number. A snapshot may have given an entry several numbers: all
   * are updated.
   */
  entry(hashes: readonly IndexedHash[], facts: EntryFacts): number {
    let entry = -1;
    for (const { ordinal } of hashes) {
      const row = this.rows.get(ordinal);
      if (row < 0) continue;
      const known = this.entries.get(row);
      if (known === entry) continue;
      this.facts.update(known, facts);
      entry = known;
    }
    return entry < 0 ? this.facts.add(facts) : entry;
  }

  has(ordinal: number): boolean {
    return this.rows.get(ordinal) >= 0;
  }

  add({ ordinal, variant, quality }: IndexedHash, entry: number, place: Place): void {
    const row = this.put(ordinal, entry, place);
    this.variants.set(row, this.variantNames.numberOf(variant));
    this.qualities.set(row, quality ?? unknownQuality);
  }

  restoreEntry(record: RecordCursor, numbers: NameNumbers): number {
    return this.facts.restore(record, numbers);
  }

  restore(record: RecordCursor, entry: number, numbers: NameNumbers, place: Place): void {
    const row = this.put(record.ordinal, entry, place);
    this.variants.set(row, numbers.variants[record.variant] ?? 0);
    this.qualities.set(row, record.quality);
  }

  /** Writes everything but value and algorithm. */
  save(ordinal: number, record: RecordCursor): void {
    const row = this.rowOf(ordinal);
    record.ordinal = ordinal;
    record.variant = this.variants.get(row);
    record.quality = this.qualities.get(row);
    this.facts.save(this.entries.get(row), record);
  }

  names(): RecordNames {
    return { ...this.facts.names(), variants: this.variantNames.all() };
  }

  numbersOf(names: RecordNames): NameNumbers {
    return { ...this.facts.numbersOf(names), variants: names.variants.map((name) => this.variantNames.numberOf(name)) };
  }

  placeOf(ordinal: number): Place | undefined {
    const row = this.rows.get(ordinal);
    return row < 0 ? undefined : this.placeIn(row);
  }

  remove(ordinal: number): Place | undefined {
    const row = this.rows.remove(ordinal);
    if (row < 0) return undefined;
    this.freeRows.push(row);
    this.facts.release(this.entries.get(row));
    return this.placeIn(row);
  }

  move(ordinal: number, slot: number): void {
    this.slots.set(this.rowOf(ordinal), slot);
  }

  liesIn(ordinal: number, segment: number, slot: number): boolean {
    const row = this.rows.get(ordinal);
    return row >= 0 && this.segments.get(row) === segment && this.slots.get(row) === slot;
  }

  /** False when the hash was removed. */
  isIn(ordinal: number, lists: Lists | undefined): boolean {
    if (!lists) return true;
    const row = this.rows.get(ordinal);
    return row >= 0 && this.facts.isIn(this.entries.get(row), lists);
  }

  /** Entries of a list. */
  sizeOf(list: string): number {
    return this.facts.sizeOf(list);
  }

  /**
   * The hashes of variant `full`, of any algorithm, that belong to the entry of another hash, nearest ordinals first. An entry is
   * written in one statement, so its ordinals lie beside each other, up to a few of entries that were written at the same time.
   */
  *wholesOf(ordinal: number): Generator<number> {
    const row = this.rows.get(ordinal);
    if (row < 0) return;
    const entry = this.entries.get(row);
    if (this.isWholeOf(entry, ordinal)) yield ordinal;
    for (let step = 1; step <= siblingsWithin; step++) {
      if (this.isWholeOf(entry, ordinal - step)) yield ordinal - step;
      if (this.isWholeOf(entry, ordinal + step)) yield ordinal + step;
    }
  }

  private isWholeOf(entry: number, ordinal: number): boolean {
    const row = this.rows.get(ordinal);
    return row >= 0 && this.entries.get(row) === entry && this.variantNames.textOf(this.variants.get(row)) === fullVariant;
  }

  /** One number per list, class, standing and variant. Undefined when the hash was removed. */
  kindOf(ordinal: number): number | undefined {
    const row = this.rows.get(ordinal);
    return row < 0 ? undefined : this.facts.kind(this.entries.get(row)) * 65_536 + this.variants.get(row);
  }

  /**
   * Undefined when the hash was removed.
   * @param known facts by number of entry. Making them takes half of the time of a hit. They hold until the next turn of the event loop.
   */
  hit(ordinal: number, algorithm: Algorithm, distance: number, known?: Map<number, EntryFacts>): Hit | undefined {
    const row = this.rows.get(ordinal);
    if (row < 0) return undefined;
    const quality = this.qualities.get(row);
    const number = this.entries.get(row);
    const entry = known?.get(number) ?? this.facts.facts(number);
    known?.set(number, entry);
    return {
      ordinal,
      entry,
      algorithm,
      variant: this.variantNames.textOf(this.variants.get(row)),
      quality: quality === unknownQuality ? null : quality,
      distance,
    };
  }

  private rowOf(ordinal: number): number {
    const row = this.rows.get(ordinal);
    if (row < 0) throw new RangeError(`no hash has ordinal ${ordinal}`);
    return row;
  }

  private placeIn(row: number): Place {
    return { segment: this.segments.get(row), slot: this.slots.get(row) };
  }

  private put(ordinal: number, entry: number, { segment, slot }: Place): number {
    const row = this.freeRows.pop() ?? this.usedRows++;
    this.rows.add(ordinal, row);
    this.entries.set(row, entry);
    this.segments.set(row, segment);
    this.slots.set(row, slot);
    this.facts.retain(entry);
    this.highest = Math.max(this.highest, ordinal);
    return row;
  }
}
