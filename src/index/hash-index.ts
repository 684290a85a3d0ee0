import type { IndexedEntry } from '../domain/entry.js';
import type { ExactHash, HashKind } from '../domain/hash.js';
import type { Hit } from '../domain/verdict.js';

/** 32 bytes or 64 hex digits. The hot path passes bytes. */
export type QueryHash = Uint8Array | string;

/** The ids of lists. The same object means the same lists. */
export type Lists = Pick<ReadonlySet<string>, 'has'>;

export interface Whole {
  /** With distance 0. */
  readonly hit: Hit;
  readonly value: Uint8Array;
}

/** An exact search engine: it finds every hash within the radius. */
export interface HashIndex {
  readonly engine: 'memory' | 'pgvector';
  /** Id of the newest change applied. */
  version: string;
  readonly size: number;
  /** Since the last load. */
  readonly compactions: { readonly begun: number; readonly ended: number };
  /**
   * Finds the hashes within `radius` (0-63) of each query. Of more than 2 048 hits it may keep only the nearest
   * of each kind (docs/decisions/0015-heaps.md). Hashes of other than `lists` cost almost no time, so that their caller cannot notice
   * them. Returns no promise when it need not wait: that saves 2 % of a hash match.
   */
  search(kind: HashKind, queries: readonly QueryHash[], radius: number, lists?: Lists): Hit[][] | Promise<Hit[][]>;
  /** Every stored hash equal to one of these. */
  lookup(hashes: readonly ExactHash[], lists?: Lists): Promise<Hit[]>;
  /** The PDQ hashes of the whole images of entries that own one of these hashes. Without those that have none. */
  wholesOf(ordinals: readonly number[]): Whole[] | Promise<Whole[]>;
  /** Undefined: the engine does not count. */
  entriesOf(list: string): number | undefined;
  /** Takes an entry with all its hashes, or new facts about one it holds. */
  add(entry: IndexedEntry): void;
  /** Ignores unknown ordinals. */
  remove(ordinals: readonly number[]): void;
  /**
   * Replaces everything by these entries, about `expected` hashes. Searches that run meanwhile miss hashes.
   */
  load(pages: AsyncIterable<readonly IndexedEntry[]>, expected: number): Promise<void>;
  /** True while entries are added faster than the engine takes them up. */
  readonly isBehind: boolean;
  /** Resolves when the engine can take a few thousand more entries. */
  drained(): Promise<void>;
  close(): Promise<void>;
}
