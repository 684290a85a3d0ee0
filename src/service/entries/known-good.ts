import { type HashSet, isWholePicture } from '../../domain/hash.js';
import type { List } from '../../domain/list.js';
import { isVerified } from '../../domain/standing.js';
import type { Hit } from '../../domain/verdict.js';
import type { HashIndex } from '../../index/hash-index.js';
import { type ListCache, searchRadii } from '../lists/list-cache.js';
import { type IndexState, searchWhole } from '../sync/whole-index.js';

/** `same`: equal or within the tight distance; `near`: within the wide distance. */
export type Likeness = 'same' | 'near' | 'none';

export class KnownGood {
  constructor(
    private readonly index: HashIndex,
    private readonly listCache: ListCache,
    private readonly state: IndexState,
  ) {}

  /** Uses only lists that `organisation` can see, and not the entry `except`. @throws VigieError `index_unavailable`. */
  likeness(hashes: HashSet, organisation: string | null, except?: string): Promise<Likeness> {
    // An index that is half loaded would know harmless content as unknown.
    return searchWhole(this.state, () => this.search(hashes, organisation, except));
  }

  private async search(hashes: HashSet, organisation: string | null, except: string | undefined): Promise<Likeness> {
    const lists = new Map(
      this.listsOf(organisation).flatMap((list) =>
        list.enabled && list.action === 'suppress' ? [[list.id, list] as const] : [],
      ),
    );
    if (lists.size === 0) return 'none';
    const isKnown = ({ entry }: Hit) => {
      const list = lists.get(entry.list);
      return list !== undefined && entry.id !== except && isVerified(entry.standing, list.verification);
    };
    const { sha256 } = hashes;
    const exact = sha256 ? [{ algorithm: 'sha256', value: Buffer.from(sha256, 'hex') } as const] : [];
    if ((await this.index.lookup(exact)).some(isKnown)) return 'same';
    const wholes = (hashes.pdq ?? []).filter(({ variant }) => isWholePicture(variant)).map(({ value }) => value);
    const hits = (await this.index.search('pdq', wholes, searchRadii(lists).pdq)).flat().filter(isKnown);
    const within = (distance: (list: string) => number) => hits.some((hit) => hit.distance <= distance(hit.entry.list));
    if (within((id) => lists.get(id)?.thresholds.pdq.tight ?? -1)) return 'same';
    return within((id) => lists.get(id)?.thresholds.pdq.wide ?? -1) ? 'near' : 'none';
  }

  private listsOf(organisation: string | null): readonly List[] {
    return organisation === null ? this.listCache.all() : this.listCache.visibleTo(organisation);
  }
}
