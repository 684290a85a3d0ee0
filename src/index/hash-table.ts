import type { EntryFacts, IndexedHash } from '../domain/entry.js';
import { EntryTable, type NameNumbers } from './catalogue.js';
import { int32s, Names, uint8s, uint16s } from './growable.js';
import { type RecordCursor, type RecordNames, unknownQuality } from './snapshot-format.js';

/** Where a hash lies: which segment, and which slot of it. */
export interface Place {
  readonly segment: number;
  readonly slot: number;
}

/**
 * What is known of each stored hash, by ordinal: ordinals come from one sequence, so arrays by ordinal are dense. 12 bytes a hash, and the
 * facts of its entry. Segments name hashes by ordinal alone; whoever has no row here is gone, whatever a segment still finds.
 */
export class HashTable {
  private readonly facts = new EntryTable();
  /** Entry number + 1; 0: no such hash. */
  private readonly entries = int32s();
  private readonly variants = uint16s();
  private readonly qualities = uint8s();
  private readonly segments = uint16s();
  private readonly slots = int32s();
  /** What no longer fits counts as a region: that holds for review, and never removes. */
  private readonly variantNames = new Names<string>(65_536, 'region_other');
  size = 0;
  /** The highest ordinal there ever was. */
  highest = 0;

  /**
   * The number of the entry that these hashes belong to, with its facts brought up to date; a new one when none of them is known. A
   * snapshot may have given an entry several numbers: all are brought up to date.
   */
  entry(hashes: readonly IndexedHash[], facts: EntryFacts): number {
    let entry = -1;
    for (const { ordinal } of hashes) {
      const known = this.entries.get(ordinal) - 1;
      if (known < 0 || known === entry) continue;
      this.facts.update(known, facts);
      entry = known;
    }
    return entry < 0 ? this.facts.add(facts) : entry;
  }

  has(ordinal: number): boolean {
    return this.entries.get(ordinal) !== 0;
  }

  add({ ordinal, variant, quality }: IndexedHash, entry: number, { segment, slot }: Place): void {
    this.put(ordinal, entry, segment, slot);
    this.variants.set(ordinal, this.variantNames.numberOf(variant));
    this.qualities.set(ordinal, quality ?? unknownQuality);
  }

  /** Takes the entry of a snapshot's record; its number. */
  restoreEntry(record: RecordCursor, numbers: NameNumbers): number {
    return this.facts.restore(record, numbers);
  }

  /** Takes the hash of a snapshot's record. */
  restore(record: RecordCursor, entry: number, numbers: NameNumbers, { segment, slot }: Place): void {
    const { ordinal } = record;
    this.put(ordinal, entry, segment, slot);
    this.variants.set(ordinal, numbers.variants[record.variant] ?? 0);
    this.qualities.set(ordinal, record.quality);
  }

  /** Writes what is known of a hash into a record, all but value and algorithm. */
  save(ordinal: number, record: RecordCursor): void {
    record.ordinal = ordinal;
    record.variant = this.variants.get(ordinal);
    record.quality = this.qualities.get(ordinal);
    this.facts.save(this.entries.get(ordinal) - 1, record);
  }

  names(): RecordNames {
    return { ...this.facts.names(), variants: this.variantNames.all() };
  }

  /** The numbers these names have here, new where need be. */
  numbersOf(names: RecordNames): NameNumbers {
    return { ...this.facts.numbersOf(names), variants: names.variants.map((name) => this.variantNames.numberOf(name)) };
  }

  placeOf(ordinal: number): Place | undefined {
    return this.has(ordinal) ? { segment: this.segments.get(ordinal), slot: this.slots.get(ordinal) } : undefined;
  }

  /** Forgets a hash; gives where it lay. */
  remove(ordinal: number): Place | undefined {
    const entry = this.entries.get(ordinal) - 1;
    if (entry < 0) return undefined;
    this.entries.set(ordinal, 0);
    this.facts.release(entry);
    this.size--;
    return { segment: this.segments.get(ordinal), slot: this.slots.get(ordinal) };
  }

  move(ordinal: number, slot: number): void {
    this.slots.set(ordinal, slot);
  }

  /** True when this hash lies in that slot, and not somewhere else by now. */
  liesIn(ordinal: number, segment: number, slot: number): boolean {
    return this.has(ordinal) && this.segments.get(ordinal) === segment && this.slots.get(ordinal) === slot;
  }

  describe(ordinal: number): { ordinal: number; variant: string; quality: number | null; entry: EntryFacts } {
    const quality = this.qualities.get(ordinal);
    return {
      ordinal,
      variant: this.variantNames.textOf(this.variants.get(ordinal)),
      quality: quality === unknownQuality ? null : quality,
      entry: this.facts.facts(this.entries.get(ordinal) - 1),
    };
  }

  private put(ordinal: number, entry: number, segment: number, slot: number): void {
    this.entries.set(ordinal, entry + 1);
    this.segments.set(ordinal, segment);
    this.slots.set(ordinal, slot);
    this.facts.retain(entry);
    this.highest = Math.max(this.highest, ordinal);
    this.size++;
  }
}
