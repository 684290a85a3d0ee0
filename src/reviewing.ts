/** The use cases of people who review entries: one part of the composition root. */
import { EntryLeases } from './service/entries/entry-leases.js';
import type { EntryReader } from './service/entries/entry-reader.js';
import { ReviewQueue } from './service/entries/review-queue.js';
import type { ListCache } from './service/lists/list-cache.js';
import type { Database } from './store/database.js';
import { EntryLeaseStore } from './store/entry-leases.js';
import { ReviewQueueStore } from './store/review-queue.js';

interface Foundation {
  readonly database: Database;
  readonly entries: EntryReader;
  readonly listCache: ListCache;
}

export function wireReviewing({ database, entries, listCache }: Foundation) {
  return {
    reviewQueue: new ReviewQueue(new ReviewQueueStore(database), entries, listCache),
    entryLeases: new EntryLeases(new EntryLeaseStore(database), entries, listCache),
  };
}
