import type { EntryFacts } from '../domain/entry.js';
import type { ContentClass } from '../domain/list.js';
import type { Standing } from '../domain/standing.js';
import { Names, uint8s, uint16s } from './growable.js';
import type { Lists } from './hash-index.js';
import type { RecordCursor, RecordNames } from './snapshot-format.js';

const idBytes = 16;

/** Numbers in this table, by the numbers in a snapshot. */
export interface NameNumbers {
  readonly lists: readonly number[];
  readonly classes: readonly number[];
  readonly variants: readonly number[];
}

/** Facts of entries, in 22 bytes each. */
export class EntryTable {
  private readonly ids = uint8s();
  private readonly lists = uint16s();
  private readonly classes = uint8s();
  private readonly standings = uint8s();
  private readonly hashCounts = uint16s();
  private readonly listNames = new Names<string>(65_536, '');
  private readonly classNames = new Names<ContentClass>(256, 'unclassified');
  private readonly free: number[] = [];
  private count = 0;
  /** Entries by number of list. */
  private readonly listSizes: number[] = [];
  /** One flag per number of a list. */
  private readonly flags = new WeakMap<Lists, boolean[]>();
  /** A look into the map was a quarter of what a hidden hash costs. */
  private lastLists: Lists | undefined;
  private lastFlags: boolean[] = [];

  add(facts: EntryFacts): number {
    const entry = this.take();
    this.write(entry, facts);
    this.resize(entry, 1);
    return entry;
  }

  restore(record: RecordCursor, numbers: NameNumbers): number {
    const entry = this.take();
    this.id(entry).set(record.entry);
    this.lists.set(entry, numbers.lists[record.list] ?? 0);
    this.classes.set(entry, numbers.classes[record.class] ?? 0);
    this.standings.set(entry, record.standing);
    this.resize(entry, 1);
    return entry;
  }

  save(entry: number, record: RecordCursor): void {
    record.entry.set(this.id(entry));
    record.list = this.lists.get(entry);
    record.class = this.classes.get(entry);
    record.standing = this.standings.get(entry);
  }

  names(): Pick<RecordNames, 'lists' | 'classes'> {
    return { lists: this.listNames.all(), classes: this.classNames.all() };
  }

  numbersOf({ lists, classes }: Pick<RecordNames, 'lists' | 'classes'>): Pick<NameNumbers, 'lists' | 'classes'> {
    return {
      lists: lists.map((name) => this.listNames.numberOf(name)),
      classes: classes.map((name) => this.classNames.numberOf(name)),
    };
  }

  update(entry: number, facts: EntryFacts): void {
    this.resize(entry, -1);
    this.write(entry, facts);
    this.resize(entry, 1);
  }

  /** Entries of a list. */
  sizeOf(list: string): number {
    return this.listSizes[this.listNames.numberOf(list)] ?? 0;
  }

  private resize(entry: number, by: number): void {
    const list = this.lists.get(entry);
    this.listSizes[list] = (this.listSizes[list] ?? 0) + by;
  }

  private write(entry: number, facts: EntryFacts): void {
    // After `ent_`.
    this.id(entry).set(Buffer.from(facts.id.slice(4), 'hex'));
    this.lists.set(entry, this.listNames.numberOf(facts.list));
    this.classes.set(entry, this.classNames.numberOf(facts.class));
    this.standings.set(entry, facts.standing);
  }

  retain(entry: number): void {
    this.hashCounts.set(entry, this.hashCounts.get(entry) + 1);
  }

  release(entry: number): void {
    const left = this.hashCounts.get(entry) - 1;
    this.hashCounts.set(entry, left);
    if (left > 0) return;
    this.resize(entry, -1);
    this.free.push(entry);
  }

  facts(entry: number): EntryFacts {
    const id = this.id(entry);
    return {
      id: `ent_${Buffer.from(id.buffer, id.byteOffset, idBytes).toString('hex')}`,
      list: this.listNames.textOf(this.lists.get(entry)),
      class: this.classNames.textOf(this.classes.get(entry)),
      // Only standings are stored here.
      standing: this.standings.get(entry) as Standing,
    };
  }

  isIn(entry: number, lists: Lists): boolean {
    const list = this.lists.get(entry);
    if (lists !== this.lastLists) {
      this.lastLists = lists;
      this.lastFlags = this.flags.get(lists) ?? [];
      this.flags.set(lists, this.lastFlags);
    }
    return this.lastFlags[list] ?? this.flag(list, lists);
  }

  /** One number below 2^32 per list, class and standing. */
  kind(entry: number): number {
    return (this.lists.get(entry) * 256 + this.classes.get(entry)) * 256 + this.standings.get(entry);
  }

  private flag(list: number, lists: Lists): boolean {
    const is = lists.has(this.listNames.textOf(list));
    this.lastFlags[list] = is;
    return is;
  }

  private take(): number {
    const entry = this.free.pop() ?? this.count++;
    this.hashCounts.set(entry, 0);
    return entry;
  }

  private id(entry: number): Uint8Array {
    return this.ids.view(entry * idBytes, (entry + 1) * idBytes);
  }
}
