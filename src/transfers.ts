/** Files that come into a list, and files that leave it: the part of the composition root that puts them together. */
import { join } from 'node:path';
import type { DerivedKeys } from './data-key.js';
import type { HashIndex } from './index/hash-index.js';
import { asOwner, type ServiceOptions } from './installation.js';
import { KnownGood } from './service/entries/known-good.js';
import { Tombstones } from './service/entries/tombstones.js';
import { Exports } from './service/exports/exports.js';
import { ImportQueue } from './service/imports/import-queue.js';
import { Imports } from './service/imports/imports.js';
import type { ListCache } from './service/lists/list-cache.js';
import type { ChangeFeedFollower } from './service/sync/change-feed-follower.js';
import type { Database } from './store/database.js';
import { ExportEntryStore } from './store/export-entries.js';
import { ExportStore } from './store/exports.js';
import { ImportPromotionStore } from './store/import-promotion.js';
import { ImportStore } from './store/imports.js';
import { dropNearIndex } from './store/near-index.js';

export interface TransferParts {
  readonly options: ServiceOptions;
  readonly database: Database;
  readonly dataKey: DerivedKeys;
  readonly index: HashIndex;
  readonly listCache: ListCache;
  readonly follower: ChangeFeedFollower;
}

export function openTransfers({ options, database, dataKey, index, listCache, follower }: TransferParts) {
  const { config, log } = options;
  const imports = new Imports({
    store: new ImportStore(database),
    promotions: new ImportPromotionStore(database),
    embedded: database.embedded,
    listCache,
    knownGood: new KnownGood(index, listCache, follower),
    tombstones: new Tombstones(dataKey),
    follower,
    prepareBulk: () => asOwner(options, database, dropNearIndex),
    log,
  });
  return {
    imports,
    importQueue: new ImportQueue(imports, join(config.VIGIE_DATA_DIR, 'imports'), log),
    exports: new Exports({
      store: new ExportStore(database),
      entries: new ExportEntryStore(database),
      listCache,
      follower,
      log,
    }),
  };
}
