import type { Algorithm } from './algorithms/registry.js';
import type { ContentClass } from './list.js';
import { matchingStatuses, type Requirement, type Standing } from './standing.js';

export const entryStatuses = [...matchingStatuses, 'withdrawn'] as const;
export type EntryStatus = (typeof entryStatuses)[number];

/** Where an entry comes from, as its submitter tells it. */
export interface Provenance {
  readonly unit?: string | undefined;
  readonly reference?: string | undefined;
  readonly legalBasis?: string | undefined;
  readonly date?: string | undefined;
  readonly [other: string]: string | undefined;
}

/** A class in somebody's own terms. The scheme is part of the key: VICS 0 means opposite things in two of them. */
export interface SourceCode {
  readonly scheme: string;
  readonly code: string;
}

/** What a submitter may say of an entry beside its hashes. */
export interface Description {
  readonly class: ContentClass;
  readonly provenance: Provenance;
  readonly sourceCodes: readonly SourceCode[];
  /** Which series it is part of: images of one victim, one seizure. */
  readonly series: string | null;
  /** Generated or altered: no photograph of what it shows. */
  readonly synthetic: boolean;
  /** When it stops matching by itself. */
  readonly expiresAt: string | null;
}

/** One item of known content as the API shows it: never a hash value. */
export interface Entry extends Description {
  readonly id: string;
  readonly list: string;
  readonly status: EntryStatus;
  /** Whose it is: who enrolled it, and alone may withdraw it. Null for what is built in. */
  readonly organisation: string | null;
  /** People who confirmed it and their organisations; `required` and `requiredOrganisations` of its list. */
  readonly verification: {
    readonly people: number;
    readonly organisations: number;
    readonly required: number;
    readonly requiredOrganisations: number;
  };
  readonly hashCount: number;
  readonly quality: number | null;
  /** A withdrawal that waits for a second person; null: none. */
  readonly withdrawal: { readonly reason: string; readonly requestedAt: string } | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a verdict must know of an entry. */
export interface EntryFacts {
  readonly id: string;
  readonly list: string;
  readonly class: ContentClass;
  readonly standing: Standing;
}

/** One stored hash; `value` is its raw bytes. */
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

/** What an entry of a list of `requirement` starts as, when nobody asked for more. */
export function startingStatus({ people, organisations }: Requirement): 'draft' | 'verified' {
  return people === 0 && organisations === 0 ? 'verified' : 'draft';
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
