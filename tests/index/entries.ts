import type { Algorithm } from '../../src/domain/algorithms/registry.js';
import { type EntryFacts, entryIdOf, type IndexedEntry, type IndexedHash } from '../../src/domain/entry.js';
import type { Hit } from '../../src/domain/verdict.js';
import { verified } from '../support/standing.js';

export function factsOf(number: number, changes: Partial<EntryFacts> = {}): EntryFacts {
  const hex = number.toString(16).padStart(32, '0');
  return { id: entryIdOf(hex), list: 'known', class: 'ncii_adult', standing: verified, ...changes };
}

export function hashOf(ordinal: number, algorithm: Algorithm, hex: string, changes: Partial<IndexedHash> = {}): IndexedHash {
  return { ordinal, algorithm, variant: 'full', value: Buffer.from(hex, 'hex'), quality: 100, ...changes };
}

/** The hash has the ordinal `number`. */
export function pdqEntry(number: number, hex: string, changes: Partial<EntryFacts> = {}): IndexedEntry {
  return { ...factsOf(number, changes), hashes: [hashOf(number, 'pdq', hex)] };
}

export function inOrder(hits: readonly Hit[]): Hit[] {
  return hits.toSorted((a, b) => a.ordinal - b.ordinal);
}

export async function* pageOf(entries: readonly IndexedEntry[] = []): AsyncGenerator<readonly IndexedEntry[]> {
  yield entries;
}
