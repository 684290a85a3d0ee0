import type { IndexedEntry } from '../domain/entry.js';
import type { ExactHash, HashKind } from '../domain/hash.js';
import type { Hit } from '../domain/verdict.js';

/** A perceptual hash to search: 32 bytes, or 64 hex digits. The hot path has bytes. */
export type QueryHash = Uint8Array | string;

/**
 * What finds known content. Every engine is exact: a stored hash within the radius is always found.
 *
 * `add` and `remove` follow the change feed; both may be repeated. An engine that reads the record itself ignores them.
 */
export interface HashIndex {
  readonly engine: 'memory' | 'pgvector';
  /** The newest change of the feed that answers reflect; set by what applies the feed. */
  version: string;
  /** Stored hashes the engine holds; 0 where the database holds them. */
  readonly size: number;
  /** Rebuilds of tables since the last load, for operators. */
  readonly compactions: { readonly begun: number; readonly ended: number };
  /**
   * Every stored hash of that kind within `radius` bits (0-63) of each query; one array a query, in order. Of more than
   * 4 096 it may be the nearest thousand or more of every list, class, standing and variant (docs/decisions/0015-heaps.md). At once where
   * the engine need not wait: promises took a fiftieth of a hash match.
   */
  search(kind: HashKind, queries: readonly QueryHash[], radius: number): Hit[][] | Promise<Hit[][]>;
  /** Every stored hash equal to one of these. */
  lookup(hashes: readonly ExactHash[]): Promise<Hit[]>;
  /** Takes an entry with all its hashes, or new facts about one it holds. */
  add(entry: IndexedEntry): void;
  /** Forgets the hashes of these ordinals; unknown ones are ignored. */
  remove(ordinals: readonly number[]): void;
  /**
   * Forgets everything and takes these entries instead, about `expected` hashes; they are found once it resolves. Not to be searched
   * meanwhile: an answer that began before may lack what is being loaded.
   */
  load(pages: AsyncIterable<readonly IndexedEntry[]>, expected: number): Promise<void>;
  /** True while more is waiting to be worked in than is good: better let it, before adding more. */
  readonly isBehind: boolean;
  /** Resolves when the engine can take a few thousand more entries without falling behind. */
  drained(): Promise<void>;
  close(): Promise<void>;
}
