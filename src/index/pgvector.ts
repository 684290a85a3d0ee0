import type { ExactHash, HashKind } from '../domain/hash.js';
import type { Hit } from '../domain/verdict.js';
import type { HashIndex, QueryHash } from './hash-index.js';

/** Exact comparisons in the database (`<~>`), never an approximate index. */
export interface ExactRecord {
  within(kind: HashKind, queries: readonly string[], radius: number): Promise<Hit[][]>;
  equal(hashes: readonly ExactHash[]): Promise<Hit[]>;
}

/** Searches the database: 69 ms per million hashes, but always current. */
export function createPgvectorIndex(record: ExactRecord): HashIndex {
  return {
    engine: 'pgvector',
    version: '0',
    size: 0,
    compactions: { begun: 0, ended: 0 },
    isBehind: false,
    search: async (kind, queries, radius) => (queries.length === 0 ? [] : record.within(kind, queries.map(hexOf), radius)),
    lookup: async (hashes) => (hashes.length === 0 ? [] : record.equal(hashes)),
    add() {},
    remove() {},
    async load() {},
    async drained() {},
    async close() {},
  };
}

function hexOf(query: QueryHash): string {
  return typeof query === 'string' ? query : Buffer.from(query).toString('hex');
}
