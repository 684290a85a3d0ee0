/** What every file format offers: recognise a file, read it as a stream of records, and, for some, write one. */
import type { Algorithm } from '../domain/algorithms/registry.js';
import type { Provenance, SourceCode } from '../domain/entry.js';
import type { ContentClass } from '../domain/list.js';

/** Where a record begins in its file. Lines and rows count from 1, bytes of the unpacked file from 0. */
export type Position = { readonly line: number } | { readonly byte: number } | { readonly row: number };

export interface FoundHash {
  readonly algorithm: Algorithm;
  /** Lower case, of the length of its algorithm. */
  readonly hex: string;
  /** 0-100; null: the file does not say. */
  readonly quality: number | null;
  /** Only Vigie's own format names variants. Absent: of the whole image. */
  readonly variant?: string;
}

/** What a source says about a record. Absent: it does not say. */
export interface SourceFacts {
  readonly victimIdentified?: boolean;
  readonly offenderIdentified?: boolean;
  readonly distributed?: boolean;
  readonly submissions?: number;
}

export interface ListedRecord {
  readonly kind: 'listed';
  readonly at: Position;
  /** The identity of the record in its source, for example a VICS MediaID. Null: its hashes are its identity. */
  readonly sourceId: string | null;
  readonly hashes: readonly FoundHash[];
  /** Null: unknown class or scheme. Such a record is held for review; it never removes and is never known-good. */
  readonly class: ContentClass | null;
  /** Scheme and code as the file says them. */
  readonly sourceCodes: readonly SourceCode[];
  readonly series: string | null;
  readonly synthetic: boolean;
  readonly provenance: Provenance;
  readonly facts: SourceFacts;
  /** ISO 8601 in UTC. Null: never. */
  readonly expiresAt: string | null;
  /** Kinds of hashes that Vigie does not match, in lower case, for example `tmk_pdqf`. */
  readonly unsupported: readonly string[];
  /** True: the record came with image data, which was dropped unread. */
  readonly skippedImageData: boolean;
}

/** The source took the record back. */
export interface WithdrawnRecord {
  readonly kind: 'withdrawn';
  readonly at: Position;
  readonly sourceId: string | null;
  /** Empty if the source names only the id. */
  readonly hashes: readonly FoundHash[];
}

export interface InvalidRecord {
  readonly kind: 'invalid';
  readonly at: Position;
  /** Names the field, the length and the rule, and never a hash. */
  readonly reason: string;
}

export type ReadItem = ListedRecord | WithdrawnRecord | InvalidRecord;

/** Why a whole file is refused. */
export type FormatFault =
  | 'unknown_format'
  | 'ambiguous_format'
  | 'container'
  | 'encoding'
  | 'header'
  | 'malformed'
  | 'truncated'
  | 'too_large';

/** The file as a whole is refused: nothing that was read from it may be kept. Its message never contains a hash. */
export class FormatError extends Error {
  override readonly name = 'FormatError';

  constructor(
    readonly fault: FormatFault,
    /** The name of the format; null: it is not known yet. */
    readonly format: string | null,
    readonly at: Position | null,
    readonly reason: string,
  ) {
    super([format ?? 'file', ...(at ? [describePosition(at)] : []), reason].join(': '));
  }
}

/** `line 12`, `byte 4096` or `row 3`. */
export function describePosition(at: Position): string {
  const [unit = '', number = 0] = Object.entries(at)[0] ?? [];
  return `${unit} ${number}`;
}

/** An opened file, without the gzip or zip around it. */
export interface SourceFile {
  readonly name: string;
  /** The file itself, if nothing had to be unpacked: SQLite reads pages and not a stream. */
  readonly path: string | null;
  /** The unpacked bytes from the beginning. Each call reads the file again. */
  chunks(): AsyncIterable<Uint8Array>;
  /** How much of the newest `chunks` was read, 0 to 1. Undefined if it is not known. */
  partRead?(): number | undefined;
}

export const carriedFields = [
  'sourceId',
  'class',
  'sourceCodes',
  'series',
  'synthetic',
  'provenance',
  'expiresAt',
  'quality',
  'variants',
  'withdrawals',
  'victimIdentified',
  'offenderIdentified',
  'distributed',
  'submissions',
] as const;
export type CarriedField = (typeof carriedFields)[number];

/** What a format can hold. A receipt of an export names the rest (`losses.ts`). */
export interface Carries {
  readonly algorithms: readonly Algorithm[];
  readonly fields: readonly CarriedField[];
  /** The schemes whose codes it holds; absent: any, if `fields` has `sourceCodes`, and otherwise none. */
  readonly schemes?: readonly string[];
  /** Present: a file holds codes of one scheme only, and of this one unless `WriteOptions` names another. */
  readonly defaultScheme?: string;
}

export interface ExportedEntry {
  /** `ent_` and 32 hex digits. */
  readonly id: string;
  readonly list: string;
  readonly withdrawn: boolean;
  readonly sourceId: string | null;
  readonly hashes: readonly FoundHash[];
  readonly class: ContentClass;
  readonly sourceCodes: readonly SourceCode[];
  readonly series: string | null;
  readonly synthetic: boolean;
  readonly provenance: Provenance;
  readonly facts: SourceFacts;
  readonly expiresAt: string | null;
  /** ISO 8601 in UTC. */
  readonly updatedAt: string;
}

export interface WriteOptions {
  /** ISO 8601 in UTC: when the export was made. */
  readonly at: string;
  /** A scheme of `source-schemes.ts` in which the receiver expects its codes, for a format that has several. */
  readonly scheme?: string;
}

export interface Format {
  /** As `--format` takes it. */
  readonly name: string;
  readonly title: string;
  readonly carries: Carries;
  /** @param head up to 64 KiB from the beginning of the unpacked file */
  detect(head: Uint8Array, fileName: string): boolean;
  /**
   * The records in the order of the file, in batches of any size. An invalid record does not end the reading.
   * @throws FormatError if the whole file is refused, also after some batches: then discard them.
   */
  read(file: SourceFile): AsyncIterable<readonly ReadItem[]>;
  write?(entries: AsyncIterable<ExportedEntry>, options: WriteOptions): AsyncIterable<string | Uint8Array>;
}
