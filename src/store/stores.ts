import { AuditStore } from './audit.js';
import { BackupRecordStore } from './backup-record.js';
import { CanaryStore } from './canaries.js';
import type { Database } from './database.js';
import { DeletedListStore } from './deleted-lists.js';
import { EntryStore } from './entries.js';
import { EntryExpiryStore } from './entry-expiry.js';
import { EntryReviewStore } from './entry-review.js';
import { FeedbackStore } from './feedback.js';
import { HashStore } from './hashes.js';
import { HelpCaseGuardStore } from './help-case-guards.js';
import { HelpCaseStore } from './help-cases.js';
import { IdempotencyStore } from './idempotency.js';
import { JobStore } from './jobs.js';
import { KeyStore } from './keys.js';
import { LegalRequestStore } from './legal-requests.js';
import { ListStore } from './lists.js';
import { MatchCountStore } from './match-counts.js';
import { NodeStore } from './nodes.js';
import { OrganisationStore } from './organisations.js';
import { ProbeCountStore } from './probe-counts.js';
import { QuotaUseStore } from './quota-uses.js';
import { RecentQueryStore } from './recent-queries.js';
import { SessionStore } from './sessions.js';
import { VerdictStore } from './verdicts.js';

export interface Stores {
  readonly organisations: OrganisationStore;
  readonly keys: KeyStore;
  readonly lists: ListStore;
  readonly deletedLists: DeletedListStore;
  readonly entries: EntryStore;
  readonly canaries: CanaryStore;
  readonly hashes: HashStore;
  readonly entryReview: EntryReviewStore;
  readonly entryExpiry: EntryExpiryStore;
  readonly verdicts: VerdictStore;
  readonly feedback: FeedbackStore;
  readonly matchCounts: MatchCountStore;
  readonly probeCounts: ProbeCountStore;
  readonly quotaUses: QuotaUseStore;
  readonly recentQueries: RecentQueryStore;
  readonly jobs: JobStore;
  readonly audit: AuditStore;
  readonly legalRequests: LegalRequestStore;
  readonly idempotency: IdempotencyStore;
  readonly sessions: SessionStore;
  readonly helpCases: HelpCaseStore;
  readonly helpCaseGuards: HelpCaseGuardStore;
  readonly nodes: NodeStore;
  readonly backups: BackupRecordStore;
}

export function openStores(database: Database): Stores {
  return {
    organisations: new OrganisationStore(database),
    keys: new KeyStore(database),
    lists: new ListStore(database),
    deletedLists: new DeletedListStore(database),
    entries: new EntryStore(database),
    canaries: new CanaryStore(database),
    hashes: new HashStore(database),
    entryReview: new EntryReviewStore(database),
    entryExpiry: new EntryExpiryStore(database),
    verdicts: new VerdictStore(database),
    feedback: new FeedbackStore(database),
    matchCounts: new MatchCountStore(database),
    probeCounts: new ProbeCountStore(database),
    quotaUses: new QuotaUseStore(database),
    recentQueries: new RecentQueryStore(database),
    jobs: new JobStore(database),
    audit: new AuditStore(database),
    legalRequests: new LegalRequestStore(database),
    idempotency: new IdempotencyStore(database),
    sessions: new SessionStore(database),
    helpCases: new HelpCaseStore(database),
    helpCaseGuards: new HelpCaseGuardStore(database),
    nodes: new NodeStore(database),
    backups: new BackupRecordStore(database),
  };
}
