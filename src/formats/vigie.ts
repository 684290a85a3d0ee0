/** Vigie's own format: NDJSON with everything that an entry carries, withdrawals included. */
import { isKnown } from '../domain/algorithms/registry.js';
import type { SourceCode } from '../domain/entry.js';
import { contentClasses } from '../domain/list.js';
import {
  carriedFields,
  type ExportedEntry,
  type Format,
  FormatError,
  type FoundHash,
  type Position,
  type ReadItem,
  type SourceFile,
  type WriteOptions,
} from './format.js';
import { HashCollector, readHash } from './hash-text.js';
import { invalid, listed } from './record.js';
import { type TextLine, textLines, textOf } from './text.js';
import { carriedAlgorithms, type EntryLine, endSchema, entrySchema, formatVersion, headerSchema } from './vigie-line.js';

const name = 'vigie';

export const vigie: Format = {
  name,
  title: 'Vigie NDJSON',
  carries: { algorithms: carriedAlgorithms, fields: carriedFields },
  detect: (head) => /^\{"vigie":"entries"/.test(textOf(head)),
  read,
  write,
};

async function* read(file: SourceFile): AsyncGenerator<ReadItem[]> {
  let state: 'header' | 'entries' | 'end' = 'header';
  let records = 0;
  let last = 0;
  for await (const lines of textLines(file, name)) {
    const items: ReadItem[] = [];
    for (const line of lines) {
      last = line.number;
      if (line.text === '') continue;
      const value = parsed(line);
      if (state === 'end')
        throw new FormatError('malformed', name, { line: line.number }, 'expected nothing after the last line');
      if (state === 'header') {
        assertHeader(value);
        state = 'entries';
      } else if (isEnd(value)) {
        assertCount(value, records, line);
        state = 'end';
      } else {
        records++;
        items.push(readEntryLine(value, { line: line.number }));
      }
    }
    if (items.length > 0) yield items;
  }
  if (state !== 'end') throw new FormatError('truncated', name, { line: last + 1 }, 'truncated: the line with "end" is missing');
}

/** Undefined: no JSON. Only the cut line of a truncated file may be none. */
function parsed({ text }: TextLine): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function assertHeader(value: unknown): void {
  const header = headerSchema.safeParse(value);
  if (!header.success) throw new FormatError('header', name, { line: 1 }, 'expected {"vigie":"entries","version":1,"at":"..."}');
  const { version } = header.data;
  if (version === formatVersion) return;
  throw new FormatError('header', name, { line: 1 }, `has version ${version}; this Vigie reads version ${formatVersion}`);
}

function isEnd(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'end' in value;
}

function assertCount(value: unknown, records: number, { number }: TextLine): void {
  const end = endSchema.safeParse(value);
  if (!end.success) throw new FormatError('malformed', name, { line: number }, 'expected {"end":true,"records":N}');
  if (end.data.records === records) return;
  const reason = `truncated: the file has ${records} records, its last line says ${end.data.records}`;
  throw new FormatError('truncated', name, { line: number }, reason);
}

/** @param value of JSON; undefined: the line is none */
export function readEntryLine(value: unknown, at: Position): ReadItem {
  if (value === undefined) return invalid(at, 'is not JSON');
  const entry = entrySchema.safeParse(value);
  if (!entry.success) {
    const fields = entry.error.issues.map(
      ({ path }) => path.filter((part) => typeof part === 'string').join('.') || 'the record',
    );
    return invalid(at, `${[...new Set(fields)].join(', ')}: missing or not as described`);
  }
  const found = hashesOf(entry.data);
  if (typeof found === 'string') return invalid(at, found);
  // In another installation the entry is known by the id that it has here.
  if (entry.data.withdrawn) return { kind: 'withdrawn', at, sourceId: entry.data.id, hashes: found.hashes };
  return recordOf(entry.data, found, at);
}

function recordOf(entry: EntryLine, { hashes, unsupported }: Hashes, at: Position): ReadItem {
  if (hashes.length === 0 && unsupported.length === 0) return invalid(at, 'has no hash');
  const found = new HashCollector();
  found.hashes.push(...hashes);
  for (const kind of unsupported) found.leaveOut(kind);
  const known = contentClasses.find((contentClass) => contentClass === entry.class) ?? null;
  const newer: SourceCode[] = known === null && entry.class !== undefined ? [{ scheme: 'vigie', code: entry.class }] : [];
  return listed(at, found, [...(entry.sourceCodes ?? []), ...newer], {
    sourceId: entry.id,
    class: known,
    series: entry.series ?? null,
    synthetic: entry.synthetic ?? false,
    provenance: entry.provenance ?? {},
    facts: JSON.parse(JSON.stringify(entry.facts ?? {})),
    expiresAt: entry.expiresAt ?? null,
  });
}

interface Hashes {
  readonly hashes: readonly FoundHash[];
  readonly unsupported: readonly string[];
}

/** Text: why they are invalid. An entry has a PDQ hash for each variant. */
function hashesOf(entry: EntryLine): Hashes | string {
  const hashes: FoundHash[] = [];
  const unsupported: string[] = [];
  for (const { algorithm, value, quality, variant } of entry.hashes) {
    if (!isKnown(algorithm)) {
      unsupported.push(algorithm);
      continue;
    }
    const hash = readHash(algorithm, value, quality ?? null);
    if ('problem' in hash) return hash.problem;
    hashes.push(variant === undefined ? hash.hash : { ...hash.hash, variant });
  }
  return { hashes, unsupported };
}

async function* write(entries: AsyncIterable<ExportedEntry>, { at }: WriteOptions): AsyncGenerator<string> {
  yield `${JSON.stringify({ vigie: 'entries', version: formatVersion, at })}\n`;
  let records = 0;
  for await (const entry of entries) {
    records++;
    yield `${JSON.stringify(entry.withdrawn ? tombstoneOf(entry) : entryLine(entry))}\n`;
  }
  yield `${JSON.stringify({ end: true, records })}\n`;
}

function hashLines({ hashes }: ExportedEntry): object[] {
  return hashes.map(({ hex, ...rest }) => ({ ...rest, value: hex }));
}

function tombstoneOf(entry: ExportedEntry): object {
  const { id, list, sourceId, updatedAt } = entry;
  return { id, list, withdrawn: true, sourceId, hashes: hashLines(entry), updatedAt };
}

/** Of an entry that stands, before it becomes JSON. */
export function entryLine(entry: ExportedEntry): object {
  const { withdrawn: _standing, ...rest } = entry;
  return { ...rest, hashes: hashLines(entry) };
}
