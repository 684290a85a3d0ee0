import type { Algorithm } from '../domain/algorithms/registry.js';
import type { EntryFacts, IndexedHash } from '../domain/entry.js';
import type { Hit } from '../domain/verdict.js';
import { EntryTable, type NameNumbers } from './entry-table.js';
import { int32s, Names, uint8s, uint16s } from './growable.js';
import { OrdinalMap } from './ordinal-map.js';
import { type RecordCursor, type RecordNames, unknownQuality } from './snapshot-format.js';

/** Where a hash lies: which segment, and which slot of it. */
export interface Place {
  readonly segment: number;
  readonly slot: number;
}

/**
 * What is known of each stored hash, by ordinal: 13 bytes a hash in arrays by a small number, 8 to 16 to find that number, and the facts of
 * its entry. Segments name hashes by ordinal alone; whoever has no row here is gone, whatever a segment still finds.
 */
export class HashTable {
  private readonly facts = new EntryTable();
  /** Where in the arrays below an ordinal is. Places of removed hashes serve new ones. */
  private readonly rows = new OrdinalMap();
  private readonly freeRows: number[] = [];
  private usedRows = 0;
  private readonly entries = int32s();
  private readonly variants = uint16s();
  private readonly qualities = uint8s();
  private readonly segments = uint16s();
  private readonly slots = int32s();
  /** What no longer fits counts as a region: that holds for review, and never removes. */
  private readonly variantNames = new Names<string>(65_536, 'region_other');
  /** The highest ordinal there ever was. */
  highest = 0;

  /** Hashes that are there. */
  get size(): number {
    return this.usedRows - this.freeRows.length;
  }

  /**
   * The number of the entry that these hashes belong to, with its facts brought up to date; a new one when none of them is known. A
   * snapshot may have given an entry several numbers: all are brought up to date.
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

  /** Takes the entry of a snapshot's record; its number. */
  restoreEntry(record: RecordCursor, numbers: NameNumbers): number {
    return this.facts.restore(record, numbers);
  }

  /** Takes the hash of a snapshot's record. */
  restore(record: RecordCursor, entry: number, numbers: NameNumbers, place: Place): void {
    const row = this.put(record.ordinal, entry, place);
    this.variants.set(row, numbers.variants[record.variant] ?? 0);
    this.qualities.set(row, record.quality);
  }

  /** Writes what is known of a hash into a record, all but value and algorithm. */
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

  /** The numbers these names have here, new where need be. */
  numbersOf(names: RecordNames): NameNumbers {
    return { ...this.facts.numbersOf(names), variants: names.variants.map((name) => this.variantNames.numberOf(name)) };
  }

  placeOf(ordinal: number): Place | undefined {
    const row = this.rows.get(ordinal);
    return row < 0 ? undefined : this.placeIn(row);
  }

  /** Forgets a hash; gives where it lay. */
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

  /** True when this hash lies in that slot, and not somewhere else by now. */
  liesIn(ordinal: number, segment: number, slot: number): boolean {
    const row = this.rows.get(ordinal);
    return row >= 0 && this.segments.get(row) === segment && this.slots.get(row) === slot;
  }

  /** Equal for hashes that are judged alike: of one variant, and of entries alike. Undefined when the hash has gone. */
  kindOf(ordinal: number): number | undefined {
    const row = this.rows.get(ordinal);
    return row < 0 ? undefined : this.facts.kind(this.entries.get(row)) * 65_536 + this.variants.get(row);
  }

  /** A hit of a hash; undefined when it has gone since it was found. */
  hit(ordinal: number, algorithm: Algorithm, distance: number): Hit | undefined {
    const row = this.rows.get(ordinal);
    if (row < 0) return undefined;
    const quality = this.qualities.get(row);
    return {
      ordinal,
      entry: this.facts.facts(this.entries.get(row)),
      algorithm,
      variant: this.variantNames.textOf(this.variants.get(row)),
      quality: quality === unknownQuality ? null : quality,
      distance,
    };
  }

  /** The row of an ordinal that is there. */
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
