/** The use cases of people who review entries: one part of the composition root. */
import type { DataKey } from './domain/data-key.js';
import type { Previews } from './service/entries/enrolment-preview.js';
import { EntryDetails } from './service/entries/entry-details.js';
import { EntryLeases } from './service/entries/entry-leases.js';
import type { EntryReader } from './service/entries/entry-reader.js';
import { ReviewQueue } from './service/entries/review-queue.js';
import { SeriesReader } from './service/entries/series.js';
import type { ListCache } from './service/lists/list-cache.js';
import { ListHistory } from './service/lists/list-history.js';
import type { Database } from './store/database.js';
import { EntryDetailStore } from './store/entry-details.js';
import { EntryLeaseStore } from './store/entry-leases.js';
import { ReviewQueueStore } from './store/review-queue.js';
import { SeriesStore } from './store/series.js';
import type { Stores } from './store/stores.js';

interface Foundation {
  readonly database: Database;
  readonly stores: Pick<Stores, 'hashes' | 'lists'>;
  readonly dataKey: DataKey;
  readonly entries: EntryReader;
  readonly previews: Previews;
  readonly listCache: ListCache;
}

export function wireReviewing({ database, stores, dataKey, entries, previews, listCache }: Foundation) {
  const { hashes, lists } = stores;
  return {
    reviewQueue: new ReviewQueue(new ReviewQueueStore(database), entries, listCache),
    entryLeases: new EntryLeases(new EntryLeaseStore(database), entries, listCache),
    entryDetails: new EntryDetails({ store: new EntryDetailStore(database), hashes, entries, previews, dataKey }),
    series: new SeriesReader(new SeriesStore(database), listCache),
    listHistory: new ListHistory(lists, listCache),
  };
}
