/** What the API refuses in a request for an entry, in a record of a file. */
import { maxUpright } from '../../domain/hash.js';
import type { List } from '../../domain/list.js';
import type { ListedRecord, WithdrawnRecord } from '../../formats/format.js';

const maxText = 500;
const maxName = 64;
const maxCodes = 20;
/** In a unique index beside the list and the source, which PostgreSQL limits to 2 704 bytes. */
const maxIdBytes = 1_000;
/** `text` holds no NUL, and `jsonb` no half of a character. */
const unstorable = /\0|\p{Surrogate}/u;
const day = /^\d{4}-\d{2}-\d{2}$/;

/** Undefined: nothing. */
export function whyRefused(
  item: ListedRecord | WithdrawnRecord,
  list: Pick<List, 'id' | 'provenanceRequired'>,
): string | undefined {
  const id = whyNotId(item.sourceId);
  if (id || item.kind === 'withdrawn') return id;
  return whyNotCodes(item) ?? whyNotProvenance(item, list) ?? whyNotLine('series', item.series) ?? whyNotPdq(item);
}

function whyNotId(id: string | null): string | undefined {
  if (id === null) return undefined;
  const bytes = Buffer.byteLength(id);
  if (bytes > maxIdBytes) return `its id: expected at most ${maxIdBytes} bytes, got ${bytes}`;
  return unstorable.test(id) ? notText('its id') : undefined;
}

function whyNotCodes({ sourceCodes }: ListedRecord): string | undefined {
  if (sourceCodes.length > maxCodes) return `sourceCodes: expected at most ${maxCodes}, got ${sourceCodes.length}`;
  const texts = sourceCodes.flatMap(({ scheme, code }) => [scheme, code]);
  return first(texts.map((text) => whyNotLine('sourceCodes', text, maxName)));
}

function whyNotProvenance({ provenance }: ListedRecord, list: Pick<List, 'id' | 'provenanceRequired'>): string | undefined {
  const missing = list.provenanceRequired.find((field) => !provenance[field]);
  if (missing) return `provenance.${missing}: required by list "${list.id}"`;
  const { date } = provenance;
  if (date !== undefined && !isDay(date)) return 'provenance.date: expected a date such as 2026-11-23';
  return first(Object.entries(provenance).flatMap((pair) => pair.map((text) => whyNotLine('provenance', text ?? null))));
}

function isDay(text: string): boolean {
  const at = day.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function whyNotLine(field: string, text: string | null, most = maxText): string | undefined {
  if (text === null) return undefined;
  if (text.trim() === '') return `${field}: is blank`;
  if (text.length > most) return `${field}: expected at most ${most} characters, got ${text.length}`;
  return unstorable.test(text) ? notText(field) : undefined;
}

function whyNotPdq({ hashes }: ListedRecord): string | undefined {
  const variants = hashes.filter(({ algorithm }) => algorithm === 'pdq').map(({ variant = 'full' }) => variant);
  if (variants.length > maxUpright) return `pdq: expected at most ${maxUpright} hashes, got ${variants.length}`;
  return new Set(variants).size < variants.length ? 'pdq: has two hashes of one variant' : undefined;
}

function notText(field: string): string {
  return `${field}: has NUL or half of a character, which cannot be stored`;
}

function first(reasons: readonly (string | undefined)[]): string | undefined {
  return reasons.find((reason) => reason !== undefined);
}
