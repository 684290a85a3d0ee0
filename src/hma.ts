/** The use cases behind the HMA API: one part of the composition root. */
import type { Config } from './config.js';
import type { DataKey } from './domain/data-key.js';
import type { Enrolment } from './service/entries/enrolment.js';
import type { EntryReview } from './service/entries/entry-review.js';
import { CredentialSeal } from './service/exchange-sync/credential-seal.js';
import type { Exchanges } from './service/exchange-sync/exchanges.js';
import { BankCache } from './service/hma/bank-cache.js';
import { BankCuration } from './service/hma/bank-curation.js';
import { BankExchanges } from './service/hma/bank-exchanges.js';
import { ContentCuration } from './service/hma/content-curation.js';
import { ContentNumbers } from './service/hma/content-numbers.js';
import { ExchangeCuration } from './service/hma/exchange-curation.js';
import { Hashing } from './service/hma/hashing.js';
import { IndexState } from './service/hma/index-state.js';
import { Lookup } from './service/hma/lookup.js';
import type { ListCache } from './service/lists/list-cache.js';
import type { EntryNames } from './service/matching/entry-names.js';
import type { Digester, ImageHasher } from './service/matching/image-hasher.js';
import type { MatchDisclosure } from './service/matching/match-disclosure.js';
import type { Matcher } from './service/matching/matcher.js';
import type { ChangeFeedFollower } from './service/sync/change-feed-follower.js';
import type { Change } from './store/changes.js';
import type { Database } from './store/database.js';
import { HmaBankStore } from './store/hma-banks.js';
import { HmaContentStore } from './store/hma-contents.js';
import { HmaCredentialStore } from './store/hma-credentials.js';

/** What a node remembers of banks and their content. */
export function wireHmaMemory(database: Database, listCache: ListCache) {
  const banks = new HmaBankStore(database);
  const contents = new HmaContentStore(database);
  const bankCache = new BankCache(banks, listCache);
  const contentNumbers = new ContentNumbers(contents);
  const heard = (changes: readonly Change[] | undefined) => {
    bankCache.heard(changes);
    contentNumbers.heard(changes);
  };
  return { banks, contents, bankCache, contentNumbers, heard };
}

interface Foundation {
  readonly hmaMemory: ReturnType<typeof wireHmaMemory>;
  readonly listCache: ListCache;
  readonly follower: ChangeFeedFollower;
  readonly hasher: ImageHasher;
  readonly workers: Digester;
  readonly matcher: Matcher;
  readonly disclosure: MatchDisclosure;
  readonly names: EntryNames;
  readonly enrolment: Enrolment;
  readonly entryReview: EntryReview;
  readonly exchanges: Exchanges;
  readonly database: Database;
  readonly dataKey: DataKey;
  readonly options: { readonly config: Pick<Config, 'VIGIE_HMA_API'> };
}

/** Undefined when the API is switched off. */
export function wireHma(parts: Foundation) {
  if (parts.options.config.VIGIE_HMA_API === 'off') return undefined;
  const { hmaMemory, hasher, workers } = parts;
  const hashing = new Hashing({ hasher, digester: workers });
  const bankCuration = new BankCuration({ ...parts, ...hmaMemory });
  const bankExchanges = new BankExchanges({ ...parts, ...hmaMemory });
  const credentials = new HmaCredentialStore(parts.database);
  const seal = new CredentialSeal(parts.dataKey);
  return {
    ...{ hashing, bankCuration, bankExchanges },
    exchangeCuration: new ExchangeCuration({ ...parts, credentials, seal, bankCuration, bankExchanges }),
    contentCuration: new ContentCuration({ ...parts, ...hmaMemory, bankCuration, hashing }),
    lookup: new Lookup({ ...parts, ...hmaMemory }),
    indexState: new IndexState({ ...parts, ...hmaMemory }),
  };
}
