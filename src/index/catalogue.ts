import type { EntryFacts, IndexedHash } from '../domain/entry.js';
import type { ContentClass } from '../domain/list.js';
import { int32s, Names, uint8s, uint16s } from './growable.js';

const idBytes = 16;

/** The facts of entries, by a small number: 16 + 2 + 1 + 1 + 2 bytes each instead of an object with strings. */
export class EntryTable {
  private readonly ids = uint8s();
  private readonly lists = uint16s();
  private readonly classes = uint8s();
  private readonly verified = uint8s();
  private readonly references = uint16s();
  private readonly listNames = new Names<string>(65_536, '');
  private readonly classNames = new Names<ContentClass>(256, 'unclassified');
  private readonly free: number[] = [];
  private count = 0;

  /** Takes a new entry, without any hash yet. */
  add(facts: EntryFacts): number {
    const entry = this.free.pop() ?? this.count++;
    this.references.set(entry, 0);
    this.update(entry, facts);
    return entry;
  }

  update(entry: number, facts: EntryFacts): void {
    // `ent_` and 32 hex digits: the UUID is all there is to keep.
    this.ids.view(entry * idBytes, (entry + 1) * idBytes).set(Buffer.from(facts.id.slice(4), 'hex'));
    this.lists.set(entry, this.listNames.numberOf(facts.list));
    this.classes.set(entry, this.classNames.numberOf(facts.class));
    this.verified.set(entry, Number(facts.verified));
  }

  retain(entry: number): void {
    this.references.set(entry, this.references.get(entry) + 1);
  }

  /** Gives the entry's place away once its last hash is gone. */
  release(entry: number): void {
    const left = this.references.get(entry) - 1;
    this.references.set(entry, left);
    if (left === 0) this.free.push(entry);
  }

  facts(entry: number): EntryFacts {
    const id = this.ids.view(entry * idBytes, (entry + 1) * idBytes);
    return {
      id: `ent_${Buffer.from(id.buffer, id.byteOffset, idBytes).toString('hex')}`,
      list: this.listNames.textOf(this.lists.get(entry)),
      class: this.classNames.textOf(this.classes.get(entry)),
      verified: this.verified.get(entry) === 1,
    };
  }
}

const unknownQuality = 255;

/** What is known of each stored hash of one segment, by slot: its ordinal, entry, variant and quality. */
export class SlotTable {
  private readonly ordinals = int32s();
  /** Entry number + 1; 0: the slot is free. */
  private readonly entries = int32s();
  private readonly variants = uint16s();
  private readonly qualities = uint8s();
  /** What no longer fits counts as a region: that holds for review, and never removes. */
  private readonly variantNames = new Names<string>(65_536, 'region_other');
  private readonly free: number[] = [];
  /** Slots ever used: a scan goes up to here. */
  count = 0;

  get size(): number {
    return this.count - this.free.length;
  }

  add({ ordinal, variant, quality }: IndexedHash, entry: number): number {
    const slot = this.free.pop() ?? this.count++;
    this.ordinals.set(slot, ordinal);
    this.entries.set(slot, entry + 1);
    this.variants.set(slot, this.variantNames.numberOf(variant));
    this.qualities.set(slot, quality ?? unknownQuality);
    return slot;
  }

  remove(slot: number): void {
    this.entries.set(slot, 0);
    this.free.push(slot);
  }

  /** The entry's number; undefined for a free slot. */
  entryOf(slot: number): number | undefined {
    const entry = this.entries.get(slot);
    return entry === 0 ? undefined : entry - 1;
  }

  describe(slot: number): { ordinal: number; variant: string; quality: number | null } {
    const quality = this.qualities.get(slot);
    return {
      ordinal: this.ordinals.get(slot),
      variant: this.variantNames.textOf(this.variants.get(slot)),
      quality: quality === unknownQuality ? null : quality,
    };
  }
}
