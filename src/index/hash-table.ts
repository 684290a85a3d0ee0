import type { EntryFacts, IndexedHash } from '../domain/entry.js';
import { EntryTable } from './catalogue.js';
import { int32s, Names, uint8s, uint16s } from './growable.js';

/** Where a hash lies: which segment, and which slot of it. */
export interface Place {
  readonly segment: number;
  readonly slot: number;
}

const unknownQuality = 255;

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

  /** The number of the entry that one of these hashes belongs to, with its facts brought up to date; a new one otherwise. */
  entry(hashes: readonly IndexedHash[], facts: EntryFacts): number {
    const known = hashes.find(({ ordinal }) => this.has(ordinal));
    if (!known) return this.facts.add(facts);
    const entry = this.entries.get(known.ordinal) - 1;
    this.facts.update(entry, facts);
    return entry;
  }

  has(ordinal: number): boolean {
    return this.entries.get(ordinal) !== 0;
  }

  add({ ordinal, variant, quality }: IndexedHash, entry: number, { segment, slot }: Place): void {
    this.entries.set(ordinal, entry + 1);
    this.variants.set(ordinal, this.variantNames.numberOf(variant));
    this.qualities.set(ordinal, quality ?? unknownQuality);
    this.segments.set(ordinal, segment);
    this.slots.set(ordinal, slot);
    this.facts.retain(entry);
    this.size++;
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
}
