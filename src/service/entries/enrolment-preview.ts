/** What an entry would have hit, told before it is listed. */
import { degenerateReason } from '../../domain/degenerate.js';
import { VigieError } from '../../domain/errors.js';
import { type HashSet, isWholePicture } from '../../domain/hash.js';
import type { Hit } from '../../domain/verdict.js';
import type { HashIndex } from '../../index/hash-index.js';
import type { Hits, RecentQueryStore } from '../../store/recent-queries.js';
import type { ListCache } from '../lists/list-cache.js';
import type { ImageHasher } from '../matching/image-hasher.js';
import type { KnownGood, Likeness } from './known-good.js';

/** Queries that a preview compares with. */
const maxQueries = 100_000;
const maxEntries = 20;
/** Hashes of an entry that are compared with all of those queries. */
const maxHashes = 4;

export interface Preview {
  /** Of the last queries of organisations that let theirs be kept. */
  readonly queries: Hits;
  /** Known entries it lies near, of lists that the caller may read, nearest first. */
  readonly entries: readonly { readonly entry: string; readonly list: string; readonly distance: number }[];
  /** Whether it resembles what is known to be harmless. */
  readonly knownGood: Likeness;
  /** Why it could not be enrolled at all; null: it could. */
  readonly degenerate: string | null;
}

export interface PreviewParts {
  readonly index: HashIndex;
  readonly listCache: ListCache;
  readonly hasher: ImageHasher;
  readonly knownGood: KnownGood;
  readonly recentQueries: RecentQueryStore;
}

export class Previews {
  constructor(private readonly parts: PreviewParts) {}

  /** @throws VigieError `not_found` for a list the caller may not enrol into, `unscannable_image`, `degenerate_hash`. */
  async ofImage(organisation: string, list: string, bytes: Uint8Array, signal?: AbortSignal): Promise<Preview> {
    const { hashes, unscannable } = await this.parts.hasher.hash(bytes, signal, 'enrol');
    if (unscannable === 'flat')
      throw new VigieError('degenerate_hash', 'image is too flat or too simple a pattern to be told from others');
    if (unscannable) throw new VigieError('unscannable_image', `image cannot be hashed: ${unscannable}`);
    return this.preview(organisation, list, hashes, null);
  }

  /** @throws VigieError `not_found` for a list the caller may not enrol into. */
  ofHashes(organisation: string, list: string, hashes: HashSet): Promise<Preview> {
    return this.preview(organisation, list, hashes, degenerateReason(hashes) ?? null);
  }

  private async preview(organisation: string, id: string, hashes: HashSet, degenerate: string | null): Promise<Preview> {
    const { listCache, knownGood, recentQueries } = this.parts;
    const list = listCache.get(id);
    if (!list || !listCache.rights(id, organisation).has('enrol')) throw new VigieError('not_found', `there is no list "${id}"`);
    const radius = list.thresholds.pdq.wide;
    const wholes = degenerate
      ? []
      : (hashes.pdq ?? [])
          .filter(({ variant }) => isWholePicture(variant))
          .map(({ value }) => value)
          .slice(0, maxHashes);
    const queries = wholes.length > 0 ? await recentQueries.hits(wholes, radius, maxQueries) : { asked: 0, hit: 0 };
    const entries = await this.near(organisation, wholes, radius);
    return { queries, entries, knownGood: degenerate ? 'none' : await knownGood.likeness(hashes, list.organisation), degenerate };
  }

  private async near(organisation: string, wholes: readonly string[], radius: number): Promise<Preview['entries']> {
    const nearest = new Map<string, Hit>();
    for (const hit of (await this.parts.index.search('pdq', wholes, radius)).flat()) {
      const entryReview = nearest.get(hit.entry.id);
      const mayRead = this.parts.listCache.rights(hit.entry.list, organisation).has('read');
      if (mayRead && (!entryReview || hit.distance < entryReview.distance)) nearest.set(hit.entry.id, hit);
    }
    return [...nearest.values()]
      .sort((a, b) => a.distance - b.distance || a.ordinal - b.ordinal)
      .slice(0, maxEntries)
      .map(({ entry, distance }) => ({ entry: entry.id, list: entry.list, distance }));
  }
}
