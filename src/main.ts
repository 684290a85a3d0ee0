/** The composition root: this file and `transfers.ts` put the parts of the service together, and no other. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DerivedKeys } from './data-key.js';
import { kindsThatTakeFeedback } from './exchanges/registry.js';
import { wireFetching } from './fetching.js';
import { wireHma, wireHmaMemory } from './hma.js';
import { type Imaging, startImaging } from './imaging/client.js';
import { MemoryIndex } from './index/memory.js';
import { createPgvectorIndex } from './index/pgvector.js';
import { removeSnapshot } from './index/snapshot-writer.js';
import { type IndexWorkerPool, startIndexWorkerPool } from './index/worker-pool.js';
import {
  asOwner,
  imagingOptions,
  openConfigured,
  openConfiguredKey,
  openVerdictLog,
  type ServiceOptions,
  snapshotPath,
  withdrawalJournalPath,
} from './installation.js';
import { wireOperators } from './operators.js';
import { wirePartners } from './partners.js';
import { wireReviewing } from './reviewing.js';
import { EnumerationGuard } from './service/abuse/enumeration-guard.js';
import { FloodGuard } from './service/abuse/flood-guard.js';
import { Quotas } from './service/abuse/quotas.js';
import { KeyCache } from './service/accounts/key-cache.js';
import { OrganisationCache } from './service/accounts/organisation-cache.js';
import { AuditSealing } from './service/audit-log/audit-sealing.js';
import { AuditReader } from './service/audit-log/export.js';
import { Enrolment } from './service/entries/enrolment.js';
import { Previews } from './service/entries/enrolment-preview.js';
import { EntryExpiry } from './service/entries/entry-expiry.js';
import { EntryReader } from './service/entries/entry-reader.js';
import { EntryReview } from './service/entries/entry-review.js';
import { KnownGood } from './service/entries/known-good.js';
import { NeighboursIndex } from './service/entries/neighbours-index.js';
import { Tombstones } from './service/entries/tombstones.js';
import { WithdrawalJournal } from './service/entries/withdrawal-journal.js';
import { CanaryWatch } from './service/exports/canary-watch.js';
import { Feed } from './service/feed/feed.js';
import { FeedReader } from './service/feed/feed-reader.js';
import { Idempotency } from './service/idempotency/idempotency.js';
import { DeletedBytes } from './service/jobs/deleted-bytes.js';
import { jobTable } from './service/jobs/job-table.js';
import { Jobs } from './service/jobs/jobs.js';
import { LeasedLeadership, onlyNode } from './service/jobs/leadership.js';
import { Drafts } from './service/legal/drafts.js';
import { LegalRequestCache } from './service/legal/legal-request-cache.js';
import { LegalRequestCounts } from './service/legal/legal-request-counts.js';
import { LegalRequests } from './service/legal/legal-requests.js';
import { ListCache } from './service/lists/list-cache.js';
import { Lists } from './service/lists/lists.js';
import { EntryNames } from './service/matching/entry-names.js';
import { EntryPseudonyms } from './service/matching/entry-pseudonyms.js';
import { ImageHasher } from './service/matching/image-hasher.js';
import { LongWork } from './service/matching/long-work.js';
import { MatchDisclosure } from './service/matching/match-disclosure.js';
import { Matcher } from './service/matching/matcher.js';
import { QueryRetention } from './service/matching/query-retention.js';
import { VerdictHistory } from './service/matching/verdict-history.js';
import { QuerySample } from './service/recall-check/query-sample.js';
import { RecallCheck } from './service/recall-check/recall-check.js';
import { ChangeFeedFollower } from './service/sync/change-feed-follower.js';
import { Snapshots } from './service/sync/snapshots.js';
import { appendAct } from './store/audit.js';
import { type Change, ChangeStore } from './store/changes.js';
import type { Database } from './store/database.js';
import { DeletedBytesStore } from './store/deleted-bytes.js';
import { EmbeddedVacuumStore } from './store/embedded-vacuum.js';
import { JobLeaseStore } from './store/job-lease.js';
import { openStores, type Stores } from './store/stores.js';
import { WithdrawalStore } from './store/withdrawals.js';
import { openTransfers } from './transfers.js';

/** Everything below HTTP and the command line, running. */
export type Service = ReturnType<typeof wire>;

/** Runs one named phase of a stop, bounded in time. */
export type Phase = (name: string, work: () => Promise<void>) => Promise<void>;

/** Starts everything below HTTP: database, index, imaging processes, use cases. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, exclusive } = options;
  const database = await openConfigured(options);
  const dataKey = await openConfiguredKey(database, config).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  // The pgvector engine never rewrites the snapshot, so hashes withdrawn later would stay in it.
  if (exclusive && config.VIGIE_INDEX === 'pgvector') await removeSnapshot(snapshotPath(config));
  const workers = await startIndexWorkerPool(availableParallelism());
  const imaging = startImaging(imagingOptions(options));
  try {
    const service = wire({ options, database, stores: openStores(database), dataKey, workers, imaging });
    await service.follower.start();
    return service;
  } catch (error) {
    await imaging.close();
    await workers.close();
    await database.close();
    throw error;
  }
}

interface Foundation {
  readonly options: ServiceOptions;
  readonly database: Database;
  readonly stores: Stores;
  readonly dataKey: DerivedKeys;
  readonly workers: IndexWorkerPool;
  readonly imaging: Imaging;
}

function wire(foundation: Foundation) {
  const { database, dataKey, imaging, stores, workers } = foundation;
  const memory = wireMemory(foundation);
  const entries = wireEntries(foundation, memory);
  const safeguards = wireSafeguards(foundation, memory, entries.entryReview);
  const matching = wireMatching(foundation, memory, entries, safeguards);
  const operators = wireOperators(foundation, memory);
  const partners = wirePartners({ ...foundation, ...memory, ...entries, ...safeguards, ...matching });
  const auditSealing = wireAudit(foundation);
  const transfers = openTransfers({ ...foundation, ...memory });
  const hma = wireHma({ ...foundation, ...memory, ...entries, ...safeguards, ...matching, ...transfers });
  const imageFetcher = wireFetching(foundation.options, memory);
  const parts = { ...foundation, ...memory, ...entries, ...safeguards, ...matching, ...transfers, ...operators, auditSealing };
  const jobs = wireJobs(parts);
  return {
    ...{ database, dataKey, imaging, stores, workers, auditSealing, jobs, imageFetcher, hma },
    ...{ ...memory, ...entries, ...safeguards, ...matching, ...transfers, ...partners, ...operators },
    ...wireReviewing({ ...foundation, ...memory, ...entries }),
    auditReader: new AuditReader(stores.audit),
    async close(phase: Phase = (_name, work) => work()) {
      await phase('exchanges', () => transfers.exchangeRunner.close());
      await phase('imports', () => transfers.importQueue.close());
      await phase('imaging', () => imaging.close());
      await phase('verdicts', () => matching.verdictLog.close());
      await phase('jobs', () => jobs.close().then(() => operators.nodeReports.close()));
      // After the jobs, so that their last acts are sealed as well.
      await phase('audit', () => auditSealing.close());
      await phase('feed', () => memory.follower.close());
      if (memory.snapshots) await phase('snapshot', async () => memory.snapshots?.close());
      await phase('index', () => memory.index.close());
      await phase('workers', () => workers.close());
      await phase('database', () => database.close());
    },
  };
}

type Memory = ReturnType<typeof wireMemory>;

/** What a node keeps in memory, and what keeps it equal to the database. */
function wireMemory({ options, database, stores, dataKey, workers, imaging }: Foundation) {
  const { config, log } = options;
  const { index, snapshots } = wireIndex(options, stores, workers);
  const canaryWatch = new CanaryWatch({ log, record: (act) => database.transaction((tx) => appendAct(tx, act)) });
  const caches = {
    keyCache: new KeyCache(),
    listCache: new ListCache(),
    organisationCache: new OrganisationCache(),
    canaryWatch,
  };
  const changes = new ChangeStore(database);
  const maxAgeMs = config.VIGIE_INDEX_MAX_AGE_MS;
  const feedReader = new FeedReader({ database, changes, dataKey, ...caches });
  const feed = new Feed(feedReader);
  const hmaMemory = wireHmaMemory(database, caches.listCache);
  const heard = (changes: readonly Change[] | undefined) => {
    feed.heard(changes);
    hmaMemory.heard(changes);
  };
  const follower = new ChangeFeedFollower({ ...stores, ...caches, changes, index, snapshots, log, maxAgeMs, heard });
  // Without a recall check nothing reads the sample, so no query is kept.
  const recentQueries = config.VIGIE_AUDIT_QUERIES > 0 && index.engine === 'memory' ? new QuerySample() : undefined;
  const recallCheck = new RecallCheck({ index, follower, hashes: stores.hashes, changes, ...caches, log, recentQueries });
  const hasher = new ImageHasher(imaging, workers);
  return { index, snapshots, ...caches, hmaMemory, changes, follower, feed, feedReader, recentQueries, recallCheck, hasher };
}

function wireIndex({ config, log, exclusive }: ServiceOptions, { hashes }: Stores, workers: IndexWorkerPool) {
  if (config.VIGIE_INDEX === 'pgvector') return { index: createPgvectorIndex(hashes), snapshots: undefined };
  const index = new MemoryIndex(workers, (error) => log.error({ err: error }, 'compaction failed'));
  const path = snapshotPath(config);
  return { index, snapshots: new Snapshots({ index, path, key: config.VIGIE_DATA_KEY, writes: exclusive, log }) };
}

/** The use cases of analysts and operators. */
function wireEntries(
  { options, database, stores, dataKey }: Foundation,
  { index, listCache, canaryWatch, follower, hasher }: Memory,
) {
  const tombstones = new Tombstones(dataKey);
  const knownGood = new KnownGood(index, listCache, follower);
  return {
    enrolment: new Enrolment({ entries: stores.entries, hasher, listCache, knownGood, tombstones, follower }),
    entries: new EntryReader({ ...stores, listCache, canaryWatch }),
    entryExpiry: new EntryExpiry({ store: stores.entryExpiry, embedded: database.embedded, tombstones, follower }),
    entryReview: new EntryReview({ store: stores.entryReview, listCache, tombstones, follower, log: options.log }),
    previews: new Previews({ index, listCache, hasher, knownGood, recentQueries: stores.recentQueries, follower }),
    lists: new Lists(stores.lists, listCache, follower, stores.keys),
  };
}

type Entries = ReturnType<typeof wireEntries>;

/** What bounds a caller, and a mistaken entry. */
function wireSafeguards(
  { options, database, stores, dataKey }: Foundation,
  { organisationCache, listCache }: Memory,
  entryReview: EntryReview,
) {
  const { config, log } = options;
  const guard = new EnumerationGuard({
    limits: { alertAt: config.VIGIE_PROBES_ALERT, bandsAt: config.VIGIE_PROBES_BANDS },
    // The sketches live in memory, so their key need not outlive the process.
    key: randomBytes(32),
    counts: database.embedded ? undefined : stores.probeCounts,
    log,
    record: (act) => database.transaction((tx) => appendAct(tx, act)),
  });
  return {
    guard,
    disclosure: new MatchDisclosure({ guard, organisationCache, listCache, key: dataKey.derive('distance') }),
    quotas: new Quotas(
      { minute: config.VIGIE_QUOTA_MINUTE, day: config.VIGIE_QUOTA_DAY },
      () => performance.now(),
      database.embedded ? undefined : stores.quotaUses,
    ),
    floodGuard: new FloodGuard(stores.matchCounts, entryReview, dataKey.derive('flood'), log),
    idempotency: new Idempotency(stores.idempotency, log),
  };
}

type Safeguards = ReturnType<typeof wireSafeguards>;

/** Verdicts, what is kept of them, and what the law asks about them. */
function wireMatching(
  { options, stores, dataKey }: Foundation,
  memory: Memory,
  { entryReview }: Entries,
  { floodGuard }: Safeguards,
) {
  const { listCache, organisationCache } = memory;
  const verdictLog = openVerdictLog(options, stores.verdicts);
  const names = new EntryNames(listCache, new EntryPseudonyms(dataKey));
  const queryRetention = new QueryRetention(stores.recentQueries, organisationCache);
  const legalRequestCache = new LegalRequestCache(stores.legalRequests);
  const longWork = new LongWork();
  const feedbackKinds = kindsThatTakeFeedback();
  return {
    ...{ verdictLog, names, queryRetention, legalRequestCache, longWork, feedbackKinds },
    matcher: new Matcher({ ...memory, longWork, verdictLog, names, floodGuard, queryRetention, legalRequestCache }),
    history: new VerdictHistory({ ...stores, listCache, names, entryReview, feedbackKinds }),
    drafts: new Drafts(stores.verdicts, stores.entries),
    legalRequests: new LegalRequests(stores.legalRequests, () => legalRequestCache.load()),
    legalRequestCounts: new LegalRequestCounts(stores.legalRequests),
  };
}

function wireAudit({ options, stores, dataKey }: Foundation): AuditSealing {
  const { config, log, exclusive } = options;
  const anchorPath = join(config.VIGIE_DATA_DIR, 'audit.anchor');
  return new AuditSealing({ audit: stores.audit, key: dataKey.derive('audit'), anchorPath, anchors: exclusive, log });
}

type JobFoundation = Foundation &
  Memory &
  Entries &
  Safeguards &
  ReturnType<typeof wireMatching> &
  ReturnType<typeof openTransfers> &
  ReturnType<typeof wireOperators> & { auditSealing: AuditSealing };

function wireJobs(parts: JobFoundation): Jobs {
  const { options, database, stores, index, recallCheck } = parts;
  const { config, log } = options;
  const table = jobTable({
    ...parts,
    recallCheck: index.engine === 'memory' ? recallCheck : undefined,
    recallQueriesPerMinute: config.VIGIE_AUDIT_QUERIES,
    caseDays: config.VIGIE_CASE_DAYS,
    embeddedVacuum: database.embedded ? new EmbeddedVacuumStore(database) : undefined,
    deletedBytes: new DeletedBytes(
      new DeletedBytesStore(database),
      (work) => asOwner(options, database, (owner) => work(new DeletedBytesStore(owner))),
      stores.jobs,
      log,
    ),
    withdrawalJournal: new WithdrawalJournal(withdrawalJournalPath(config), new WithdrawalStore(database)),
    neighboursIndex: new NeighboursIndex(database, (work) => asOwner(options, database, work), log),
    log,
  });
  const { node } = parts.nodeReports;
  const leadership = database.embedded ? onlyNode(node) : new LeasedLeadership(node, new JobLeaseStore(database), log);
  return new Jobs(table, stores.jobs, log, leadership);
}
