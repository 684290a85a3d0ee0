import { degenerateReason } from '../../domain/degenerate.js';
import type { Entry } from '../../domain/entry.js';
import { type HashSet, isWholePicture } from '../../domain/hash.js';
import type { List } from '../../domain/list.js';
import type { Hit } from '../../domain/verdict.js';
import type { HashIndex } from '../../index/hash-index.js';
import type { Hits, RecentQueryStore } from '../../store/recent-queries.js';
import { type ListCache, noSuchList } from '../lists/list-cache.js';
import type { ImageHasher } from '../matching/image-hasher.js';
import { type IndexState, searchWhole } from '../sync/whole-index.js';
import { assertHashable } from './hashable-image.js';
import type { KnownGood, Likeness } from './known-good.js';

const maxQueries = 100_000;
const maxEntries = 20;
const maxHashes = 4;

export interface Preview {
  /** Recent queries that would have matched. */
  readonly queries: Hits;
  readonly entries: readonly { readonly entry: string; readonly list: string; readonly distance: number }[];
  readonly knownGood: Likeness;
  /** Why it could not be enrolled; null if it could. */
  readonly degenerate: string | null;
}

export interface PreviewParts {
  readonly index: HashIndex;
  readonly listCache: ListCache;
  readonly hasher: ImageHasher;
  readonly knownGood: KnownGood;
  readonly recentQueries: RecentQueryStore;
  readonly follower: IndexState;
}

export class Previews {
  constructor(private readonly parts: PreviewParts) {}

  /** @throws VigieError `not_found` (list), `unscannable_image`, `degenerate_hash`, `index_unavailable`. */
  async ofImage(organisation: string, list: string, bytes: Uint8Array, signal?: AbortSignal): Promise<Preview> {
    this.parts.follower.assertUsable();
    const { hashes, unscannable } = await this.parts.hasher.hash(bytes, signal, 'enrol', organisation);
    assertHashable(unscannable);
    return this.preview(organisation, this.listToEnrol(organisation, list), hashes, null);
  }

  /** @throws VigieError `not_found` if the caller may not enrol into the list. */
  async ofHashes(organisation: string, list: string, hashes: HashSet): Promise<Preview> {
    return this.preview(organisation, this.listToEnrol(organisation, list), hashes, degenerateReason(hashes) ?? null);
  }

  /** Of a stored entry that the organisation may read. The entry itself is not in the answer. @throws VigieError `index_unavailable`. */
  async ofEntry(organisation: string, { id, list: listId }: Pick<Entry, 'id' | 'list'>, hashes: HashSet): Promise<Preview> {
    const list = this.parts.listCache.get(listId);
    if (!list) throw noSuchList(listId);
    return this.preview(organisation, list, hashes, degenerateReason(hashes) ?? null, id);
  }

  private listToEnrol(organisation: string, id: string): List {
    const { listCache } = this.parts;
    const list = listCache.get(id);
    if (!list || !listCache.rights(id, organisation).has('enrol')) throw noSuchList(id);
    return list;
  }

  private async preview(
    organisation: string,
    list: List,
    hashes: HashSet,
    degenerate: string | null,
    except?: string,
  ): Promise<Preview> {
    const { follower, knownGood, recentQueries } = this.parts;
    follower.assertUsable();
    const radius = list.thresholds.pdq.wide;
    const wholes = degenerate
      ? []
      : (hashes.pdq ?? [])
          .filter(({ variant }) => isWholePicture(variant))
          .map(({ value }) => value)
          .slice(0, maxHashes);
    const queries = wholes.length > 0 ? await recentQueries.hits(wholes, radius, maxQueries) : { asked: 0, hit: 0 };
    const entries = await searchWhole(follower, () => this.near(organisation, wholes, radius, except));
    const likeness = degenerate ? 'none' : await knownGood.likeness(hashes, list.organisation, except);
    return { queries, entries, knownGood: likeness, degenerate };
  }

  private async near(
    organisation: string,
    wholes: readonly string[],
    radius: number,
    except: string | undefined,
  ): Promise<Preview['entries']> {
    const nearest = new Map<string, Hit>();
    for (const hit of (await this.parts.index.search('pdq', wholes, radius)).flat()) {
      const previous = nearest.get(hit.entry.id);
      const isShown = hit.entry.id !== except && this.parts.listCache.rights(hit.entry.list, organisation).has('read');
      if (isShown && (!previous || hit.distance < previous.distance)) nearest.set(hit.entry.id, hit);
    }
    return [...nearest.values()]
      .sort((a, b) => a.distance - b.distance || a.ordinal - b.ordinal)
      .slice(0, maxEntries)
      .map(({ entry, distance }) => ({ entry: entry.id, list: entry.list, distance }));
  }
}
