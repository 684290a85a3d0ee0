import type { SourceCode } from '../domain/entry.js';
import { classOfCodes } from '../domain/source-schemes.js';
import type { InvalidRecord, ListedRecord, Position, ReadItem } from './format.js';
import type { HashCollector } from './hash-text.js';

type Known = Partial<Omit<ListedRecord, 'kind' | 'at' | 'hashes' | 'unsupported' | 'sourceCodes'>>;

export function invalid(at: Position, reason: string): InvalidRecord {
  return { kind: 'invalid', at, reason };
}

/** A record with defaults for everything that its format does not say. */
export function listed(at: Position, found: HashCollector, sourceCodes: readonly SourceCode[], known: Known = {}): ReadItem {
  if (found.problem) return invalid(at, found.problem);
  if (found.hashes.length === 0 && found.unsupported.length === 0) return invalid(at, 'has no hash');
  return {
    kind: 'listed',
    at,
    sourceId: null,
    hashes: found.hashes,
    class: classOfCodes(sourceCodes),
    sourceCodes,
    series: null,
    synthetic: false,
    provenance: {},
    facts: {},
    expiresAt: null,
    unsupported: found.unsupported,
    skippedImageData: false,
    ...known,
  };
}

const yes = new Set(['true', 't', 'yes', 'y', '1']);
const no = new Set(['false', 'f', 'no', 'n', '0']);

/** Undefined: neither yes nor no. */
export function readFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim().toLowerCase();
  if (yes.has(text)) return true;
  return no.has(text) ? false : undefined;
}

/** An object with only the members that are known, as `exactOptionalPropertyTypes` wants them. */
export function known<Facts extends object>(facts: { [Name in keyof Facts]: Facts[Name] | undefined }): Partial<Facts> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Partial<Facts>;
}

const maxText = 500;

/** A line of text as an entry may hold it; null if it is empty. */
export function readLine(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).trim();
  return text === '' ? null : text.slice(0, maxText);
}
