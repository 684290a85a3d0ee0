import type { Algorithm } from './hash.js';
import type { ContentClass } from './list.js';

export const entryStatuses = ['draft', 'verified', 'withdrawn'] as const;
export type EntryStatus = (typeof entryStatuses)[number];

/** Where an entry comes from, as its submitter tells it. */
export interface Provenance {
  readonly unit?: string | undefined;
  readonly reference?: string | undefined;
  readonly legalBasis?: string | undefined;
  readonly date?: string | undefined;
  readonly [other: string]: string | undefined;
}

/** One item of known content as the API shows it: never a hash value. */
export interface Entry {
  readonly id: string;
  readonly list: string;
  readonly class: ContentClass;
  readonly status: EntryStatus;
  readonly verification: { readonly people: number; readonly organisations: number; readonly required: number };
  readonly hashCount: number;
  readonly quality: number | null;
  readonly provenance: Provenance;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a verdict must know of an entry. */
export interface EntryFacts {
  readonly id: string;
  readonly list: string;
  readonly class: ContentClass;
  readonly verified: boolean;
}

/** One stored hash as an index holds it. `value` is the raw bytes: 32 for PDQ, blockhash and SHA-256, 16 MD5, 20 SHA-1. */
export interface IndexedHash {
  readonly ordinal: number;
  readonly algorithm: Algorithm;
  readonly variant: string;
  readonly value: Uint8Array;
  /** PDQ quality 0-100; null when the submitter did not say. */
  readonly quality: number | null;
}

export interface IndexedEntry extends EntryFacts {
  readonly hashes: readonly IndexedHash[];
}

const publicId = /^ent_[0-9a-f]{32}$/;

/** `ent_` + the 32 hex digits of the entry's UUID. */
export function entryIdOf(uuid: string): string {
  return `ent_${uuid.replaceAll('-', '')}`;
}

/** The UUID of a public entry id; undefined when the text is not one. */
export function uuidOfEntryId(id: string): string | undefined {
  if (!publicId.test(id)) return undefined;
  const hex = id.slice(4);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
