import type { IndexedEntry } from '../../src/domain/entry.js';
import { standingOf } from '../../src/domain/standing.js';
import { hashAt, hashBytes } from './workload.js';

export function entryOf(ordinal: number, value: Uint8Array): IndexedEntry {
  const id = `ent_${ordinal.toString(16).padStart(32, '0')}`;
  const hash = { ordinal, algorithm: 'pdq' as const, variant: 'full', value, quality: 100 };
  return { id, list: 'bench', class: 'ncii_adult', standing: standingOf('verified', 1, 1), hashes: [hash] };
}

const pageSize = 10_000;

export async function* pagesOf(hashes: Uint8Array): AsyncGenerator<readonly IndexedEntry[]> {
  const count = hashes.length / hashBytes;
  for (let first = 0; first < count; first += pageSize) {
    const length = Math.min(pageSize, count - first);
    yield Array.from({ length }, (_, at) => entryOf(first + at + 1, hashAt(hashes, first + at)));
  }
}
