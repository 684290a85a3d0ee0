import { AuditStore } from './audit.js';
import type { Database } from './database.js';
import { DemandStore } from './legal-requests.js';
import { EntryStore } from './entries.js';
import { FeedbackStore } from './feedback.js';
import { HashStore } from './hashes.js';
import { IdempotencyStore } from './idempotency.js';
import { JobStore } from './jobs.js';
import { KeyStore } from './keys.js';
import { ListStore } from './lists.js';
import { OrganisationStore } from './organisations.js';
import { RecentQueryStore } from './recent-queries.js';
import { StandingStore } from './entry-review.js';
import { TrafficStore } from './match-counts.js';
import { VerdictStore } from './verdicts.js';

/** Everything that is stored, by table family. */
export interface Stores {
  readonly organisations: OrganisationStore;
  readonly keys: KeyStore;
  readonly lists: ListStore;
  readonly entries: EntryStore;
  readonly hashes: HashStore;
  readonly standing: StandingStore;
  readonly verdicts: VerdictStore;
  readonly feedback: FeedbackStore;
  readonly traffic: TrafficStore;
  readonly recentQueries: RecentQueryStore;
  readonly jobs: JobStore;
  readonly audit: AuditStore;
  readonly demands: DemandStore;
  readonly idempotency: IdempotencyStore;
}

export function openStores(database: Database): Stores {
  return {
    organisations: new OrganisationStore(database),
    keys: new KeyStore(database),
    lists: new ListStore(database),
    entries: new EntryStore(database),
    hashes: new HashStore(database),
    standing: new StandingStore(database),
    verdicts: new VerdictStore(database),
    feedback: new FeedbackStore(database),
    traffic: new TrafficStore(database),
    recentQueries: new RecentQueryStore(database),
    jobs: new JobStore(database),
    audit: new AuditStore(database),
    demands: new DemandStore(database),
    idempotency: new IdempotencyStore(database),
  };
}
