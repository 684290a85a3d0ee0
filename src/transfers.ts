/** Files and exchanges that come into a list, and files that leave it: the part of the composition root that puts them together. */
import { join } from 'node:path';
import type { DerivedKeys } from './data-key.js';
import { allExchanges } from './exchanges/registry.js';
import type { HashIndex } from './index/hash-index.js';
import { asOwner, type ServiceOptions } from './installation.js';
import { KnownGood } from './service/entries/known-good.js';
import { Tombstones } from './service/entries/tombstones.js';
import { CredentialSeal } from './service/exchange-sync/credential-seal.js';
import { ExchangeRunner } from './service/exchange-sync/exchange-runner.js';
import { ExchangeSync } from './service/exchange-sync/exchange-sync.js';
import { Exchanges } from './service/exchange-sync/exchanges.js';
import { FeedbackSender } from './service/exchange-sync/feedback-sender.js';
import { Exports } from './service/exports/exports.js';
import { ImportPromoter } from './service/imports/import-promoter.js';
import { ImportQueue } from './service/imports/import-queue.js';
import { Imports } from './service/imports/imports.js';
import { OpenImports } from './service/imports/open-imports.js';
import type { ListCache } from './service/lists/list-cache.js';
import type { ImageHasher } from './service/matching/image-hasher.js';
import type { ChangeFeedFollower } from './service/sync/change-feed-follower.js';
import type { Database } from './store/database.js';
import { ExchangeFeedbackStore } from './store/exchange-feedback.js';
import { ExchangeStore } from './store/exchanges.js';
import { ExportEntryStore } from './store/export-entries.js';
import { ExportStore } from './store/exports.js';
import { FetchedImportStore } from './store/fetched-imports.js';
import { ImportPromotionStore } from './store/import-promotion.js';
import { ImportStore } from './store/imports.js';
import { prepareNearIndex } from './store/near-index.js';

export interface TransferParts {
  readonly options: ServiceOptions;
  readonly database: Database;
  readonly dataKey: DerivedKeys;
  readonly index: HashIndex;
  readonly listCache: ListCache;
  readonly follower: ChangeFeedFollower;
  readonly hasher: ImageHasher;
}

export function openTransfers({ options, database, dataKey, index, listCache, follower, hasher }: TransferParts) {
  const { config, log } = options;
  const store = new ImportStore(database);
  const tombstones = new Tombstones(dataKey);
  const promoting = {
    ...{ store, embedded: database.embedded, tombstones, follower, log },
    promotions: new ImportPromotionStore(database),
    prepareBulk: (entries: number) => asOwner(options, database, (owner) => prepareNearIndex(owner, entries)),
  };
  const fetched = new FetchedImportStore(database);
  const open = new OpenImports(store);
  const promoter = new ImportPromoter(promoting);
  const knownGood = new KnownGood(index, listCache, follower);
  const imports = new Imports({ ...promoting, fetched, open, promoter, listCache, knownGood });
  const exchanges = { store: new ExchangeStore(database), clients: allExchanges(), seal: new CredentialSeal(dataKey), listCache };
  const sync = new ExchangeSync({ ...exchanges, imports: store, fetched, open, promoter, knownGood, tombstones, hasher });
  return {
    imports,
    exchanges: new Exchanges(exchanges),
    exchangeRunner: new ExchangeRunner({ store: exchanges.store, sync, log }),
    feedbackSender: new FeedbackSender({ ...exchanges, feedback: new ExchangeFeedbackStore(database), log }),
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
