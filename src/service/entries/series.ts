import type { SeriesStore, StoredSeries } from '../../store/series.js';
import type { ListCache } from '../lists/list-cache.js';

export interface SeriesRequest {
  readonly list?: string | undefined;
  readonly search?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface SeriesItem extends Omit<StoredSeries, 'firstAt' | 'lastAt'> {
  readonly firstAt: string;
  readonly lastAt: string;
}

/** The series of the lists that an organisation may read. */
export class SeriesReader {
  constructor(
    private readonly store: SeriesStore,
    private readonly listCache: ListCache,
  ) {}

  /** By name, which is also the cursor. */
  async page(organisation: string, request: SeriesRequest): Promise<{ items: SeriesItem[]; nextCursor: string | null }> {
    const { list, search, cursor: after, limit } = request;
    const readable = this.listCache.all().flatMap(({ id }) => (this.listCache.rights(id, organisation).has('read') ? [id] : []));
    const lists = list === undefined ? readable : readable.filter((id) => id === list);
    const found = await this.store.page({ lists, search, after, limit: limit + 1 });
    const items = found.slice(0, limit).map(shown);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.series ?? null) : null };
  }
}

function shown({ firstAt, lastAt, ...series }: StoredSeries): SeriesItem {
  return { ...series, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
}
