import type { Algorithm } from './algorithms/registry.js';
import type { ContentClass } from './list.js';
import { matchingStatuses, type Requirement, type Standing } from './standing.js';

export const entryStatuses = [...matchingStatuses, 'withdrawn'] as const;
export type EntryStatus = (typeof entryStatuses)[number];

export interface Provenance {
  readonly unit?: string | undefined;
  readonly reference?: string | undefined;
  readonly legalBasis?: string | undefined;
  readonly date?: string | undefined;
  readonly [other: string]: string | undefined;
}

/** A class in the submitter's scheme. VICS 0 means opposite things in two schemes. */
export interface SourceCode {
  readonly scheme: string;
  readonly code: string;
}

export interface Description {
  readonly class: ContentClass;
  readonly provenance: Provenance;
  readonly sourceCodes: readonly SourceCode[];
  /** Images of one victim or one seizure. */
  readonly series: string | null;
  readonly synthetic: boolean;
  readonly expiresAt: string | null;
}

export interface Erasure {
  readonly requestedAt: string;
  /** The sealed hashes are deleted then. */
  readonly finalAt: string;
  /** For a second person. */
  readonly waiting: boolean;
}

/** Why an organisation has the content on the list. The entry matches until the last claim ends. */
export interface Claim {
  readonly id: string;
  /** Null: built in. */
  readonly organisation: string | null;
  readonly provenance: Provenance;
  readonly expiresAt: string | null;
  readonly madeAt: string;
}

export interface Entry extends Description {
  readonly id: string;
  readonly list: string;
  readonly status: EntryStatus;
  /** Of the person who enrolled it. Null: built in. */
  readonly organisation: string | null;
  /** Confirmations it has and needs. */
  readonly verification: {
    readonly people: number;
    readonly organisations: number;
    readonly required: number;
    readonly requiredOrganisations: number;
  };
  readonly hashCount: number;
  readonly quality: number | null;
  readonly withdrawal: { readonly reason: string; readonly requestedAt: string } | null;
  /** Of an entry that was withdrawn because the person depicted asked for it. */
  readonly erasure: Erasure | null;
  /** Those that have not ended, oldest first. */
  readonly claims: readonly Claim[];
  /** It is in one exported file only. Nobody but the owner of the list sees this. */
  readonly canary?: true;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface EntryFacts {
  readonly id: string;
  readonly list: string;
  readonly class: ContentClass;
  readonly standing: Standing;
}

export interface IndexedHash {
  readonly ordinal: number;
  readonly algorithm: Algorithm;
  readonly variant: string;
  readonly value: Uint8Array;
  /** Null: unknown. */
  readonly quality: number | null;
}

export interface IndexedEntry extends EntryFacts {
  readonly hashes: readonly IndexedHash[];
}

export function startingStatus({ people, organisations }: Requirement): 'draft' | 'verified' {
  return people === 0 && organisations === 0 ? 'verified' : 'draft';
}

const publicId = /^(ent|clm)_[0-9a-f]{32}$/;

/** `ent_` + the 32 hex digits of the entry's UUID. */
export function entryIdOf(uuid: string): string {
  return `ent_${uuid.replaceAll('-', '')}`;
}

/** `clm_` + the 32 hex digits of the claim's UUID. */
export function claimIdOf(uuid: string): string {
  return `clm_${uuid.replaceAll('-', '')}`;
}

/** Undefined when the text is not a public entry id. */
export function uuidOfEntryId(id: string): string | undefined {
  return uuidIn(id, 'ent');
}

/** Undefined when the text is not a public claim id. */
export function uuidOfClaimId(id: string): string | undefined {
  return uuidIn(id, 'clm');
}

function uuidIn(id: string, kind: 'ent' | 'clm'): string | undefined {
  if (publicId.exec(id)?.[1] !== kind) return undefined;
  const hex = id.slice(4);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
