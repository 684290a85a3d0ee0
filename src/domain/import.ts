/** An import of a file into a list. */
export const importStates = ['reading', 'waiting', 'promoting', 'promoted', 'checked', 'failed', 'cancelled'] as const;
export type ImportState = (typeof importStates)[number];

/** A record that is not imported. */
export interface Problem {
  /** `line 12`, `byte 4096` or `row 3`. */
  readonly at: string;
  /** Never a hash. */
  readonly reason: string;
}

export interface ImportReport {
  /** Records read so far. */
  readonly records: number;
  readonly hashes: number;
  /** Known after the whole file is read. */
  readonly new: number;
  readonly known: number;
  readonly changed: number;
  /** Records with the id of an earlier record of the file: the first one counts. */
  readonly repeated: number;
  /** Claims that the import ends. */
  readonly ended: number;
  /** Left out. */
  readonly invalid: number;
  /** Only hashes that Vigie cannot match. */
  readonly unmatchable: number;
  readonly degenerate: number;
  readonly knownGood: number;
  readonly withdrawnBefore: number;
  /** Of a class or scheme that Vigie does not know: imported, and held for review. */
  readonly unknownClass: number;
  /** Looks like content of a known-good list: imported as a draft. */
  readonly nearKnownGood: number;
  /** Hashes that Vigie cannot match, by kind. */
  readonly unsupported: Readonly<Record<string, number>>;
  readonly imageDataSkipped: number;
  /** The first of those that are left out. */
  readonly problems: readonly Problem[];
}

export interface Import {
  readonly id: string;
  readonly list: string;
  readonly organisation: string | null;
  readonly person: number | null;
  readonly source: string;
  /** The exchange that fetched the records; null: they came as a file. */
  readonly exchange: string | null;
  /** Null until it is recognised. */
  readonly format: string | null;
  readonly file: string;
  readonly replaces: boolean;
  readonly dry: boolean;
  readonly state: ImportState;
  readonly worker: string;
  readonly promotedTo: number;
  readonly report: ImportReport;
  readonly failure: string | null;
  readonly madeAt: string;
  readonly heardAt: Date;
  readonly endedAt: string | null;
}

export interface ImportProgress {
  readonly step: 'reading' | 'promoting';
  /** Records so far. */
  readonly records: number;
  /** An estimate while the file is read. Undefined while it is not known. */
  readonly of: number | undefined;
}

export const emptyReport: ImportReport = {
  records: 0,
  hashes: 0,
  new: 0,
  known: 0,
  changed: 0,
  repeated: 0,
  ended: 0,
  invalid: 0,
  unmatchable: 0,
  degenerate: 0,
  knownGood: 0,
  withdrawnBefore: 0,
  unknownClass: 0,
  nearKnownGood: 0,
  unsupported: {},
  imageDataSkipped: 0,
  problems: [],
};

const publicId = /^imp_[0-9a-f]{32}$/;

/** `imp_` and the 32 hex digits of its UUID. */
export function importIdOf(uuid: string): string {
  return `imp_${uuid.replaceAll('-', '')}`;
}

/** Undefined when the text is not the id of an import. */
export function uuidOfImportId(id: string): string | undefined {
  if (!publicId.test(id)) return undefined;
  const hex = id.slice(4);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** What a caller sees of an import. */
export function shownImport(one: Import) {
  const { list, organisation, source, format, file, state, failure, report, madeAt, endedAt } = one;
  return {
    id: importIdOf(one.id),
    ...{ list, organisation, source, format, file },
    replace: one.replaces,
    dryRun: one.dry,
    ...{ state, failure },
    report: { ...report, unsupported: { ...report.unsupported }, problems: [...report.problems] },
    ...{ madeAt, endedAt },
  };
}
