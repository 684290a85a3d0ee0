import { type Algorithm, algorithmsByCode, isExact, registry } from '../domain/algorithms/registry.js';
import type { NameNumbers } from './entry-table.js';
import { keyBytes } from './exact-key.js';
import type { HashTable, Place } from './hash-table.js';
import { RecordCursor, type RecordNames, recordBytes, SnapshotRefused } from './snapshot-format.js';

/** A perceptual hash, or the key of an exact one. */
export interface StoredValue {
  readonly algorithm: Algorithm;
  readonly value: Uint8Array;
}

type ReadValue = (place: Place) => StoredValue | undefined;
type StoreValue = (algorithm: Algorithm, variant: string, ordinal: number, value: Uint8Array) => Place;

/** Ordinals are int4 in the database. */
const highestOrdinal = 2 ** 31 - 1;
const valueFieldBytes = 32;
const valueBytes = algorithmsByCode.map((name) => (name && isExact(name) ? keyBytes(name) : valueFieldBytes));

export class RecordWriter {
  constructor(
    private readonly table: HashTable,
    private readonly names: RecordNames,
  ) {}

  /** `first` and `last`: ordinals. */
  records(first: number, last: number, valueAt: ReadValue): Uint8Array {
    const record = new RecordCursor(new Uint8Array((last - first + 1) * recordBytes));
    for (let ordinal = first; ordinal <= last; ordinal++) if (this.put(ordinal, record, valueAt)) record.at += recordBytes;
    return record.bytes.subarray(0, record.at);
  }

  private put(ordinal: number, record: RecordCursor, valueAt: ReadValue): boolean {
    const place = this.table.placeOf(ordinal);
    const stored = place && valueAt(place);
    if (!stored) return false;
    this.table.save(ordinal, record);
    record.algorithm = registry[stored.algorithm].snapshotCode;
    record.bytes.fill(0, record.at, record.at + valueFieldBytes).set(stored.value, record.at);
    return this.isNamed(record);
  }

  /** A name may come after the header was written; the feed brings its change again. */
  private isNamed({ list, variant, class: number }: RecordCursor): boolean {
    const { lists, variants, classes } = this.names;
    return list < lists.length && variant < variants.length && number < classes.length;
  }
}

export class RecordReader {
  private readonly numbers: NameNumbers;
  private lastOrdinal = 0;
  /** Records of one entry are mostly neighbours. */
  private entry = -1;
  private readonly entryWords = new Uint32Array(4);

  constructor(
    private readonly table: HashTable,
    private readonly names: RecordNames,
  ) {
    this.numbers = table.numbersOf(names);
  }

  /** @throws SnapshotRefused */
  take(records: Uint8Array, store: StoreValue): void {
    const record = new RecordCursor(records);
    for (; record.at < records.length; record.at += recordBytes) {
      const algorithm = this.algorithmOf(record);
      if (!this.isSameEntry(record)) this.entry = this.table.restoreEntry(record, this.numbers);
      const variant = this.names.variants[record.variant] ?? '';
      const place = store(algorithm, variant, record.ordinal, record.value(valueBytes[record.algorithm] ?? 0));
      this.table.restore(record, this.entry, this.numbers, place);
    }
  }

  private algorithmOf(record: RecordCursor): Algorithm {
    const { ordinal, list, variant, class: number } = record;
    const { lists, variants, classes } = this.numbers;
    const algorithm = algorithmsByCode[record.algorithm];
    const isRising = ordinal > this.lastOrdinal && ordinal <= highestOrdinal;
    const isNamed = list < lists.length && variant < variants.length && number < classes.length;
    if (!algorithm || !isRising || !isNamed || record.reserved !== 0) {
      throw new SnapshotRefused('the file has a record this version cannot read');
    }
    this.lastOrdinal = ordinal;
    return algorithm;
  }

  private isSameEntry(record: RecordCursor): boolean {
    let same = this.entry >= 0;
    for (let word = 0; word < 4; word++) {
      const value = record.entryWord(word);
      same &&= this.entryWords[word] === value;
      this.entryWords[word] = value;
    }
    return same;
  }
}
