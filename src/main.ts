import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { type DerivedKeys, openDataKey } from './data-key.js';
import { type Imaging, startImaging } from './imaging/client.js';
import type { HashIndex } from './index/hash-index.js';
import { removeSnapshot } from './index/snapshot-writer.js';
import { type IndexWorkerPool, startIndexWorkerPool } from './index/worker-pool.js';
import { auditSealingJob, imagingOptions, makeGuard, openIndex, snapshotPath } from './parts.js';
import type { EnumerationGuard } from './service/abuse/enumeration-guard.js';
import { FloodGuard } from './service/abuse/flood-guard.js';
import { Quotas } from './service/abuse/quotas.js';
import { KeyCache } from './service/accounts/key-cache.js';
import { OrganisationCache } from './service/accounts/organisation-cache.js';
import { OrganisationsAndKeys } from './service/accounts/organisations-and-keys.js';
import { AuditReader } from './service/audit-log/export.js';
import type { AuditSealingJob } from './service/audit-log/sealing-job.js';
import { Enrolment } from './service/entries/enrolment.js';
import { Previews } from './service/entries/enrolment-preview.js';
import { EntryReader } from './service/entries/entry-reader.js';
import { EntryReview } from './service/entries/entry-review.js';
import { KnownGood } from './service/entries/known-good.js';
import { Tombstones } from './service/entries/tombstones.js';
import { Idempotency } from './service/idempotency/idempotency.js';
import { EmbeddedVacuum } from './service/jobs/embedded-vacuum.js';
import { Periodic } from './service/jobs/periodic.js';
import { type Purge, RetentionJobs } from './service/jobs/retention-jobs.js';
import { Drafts } from './service/legal/drafts.js';
import { LegalRequestCache } from './service/legal/legal-request-cache.js';
import { LegalRequestCounts } from './service/legal/legal-request-counts.js';
import { LegalRequests } from './service/legal/legal-requests.js';
import { ListCache } from './service/lists/list-cache.js';
import { Lists } from './service/lists/lists.js';
import { EntryNames } from './service/matching/entry-names.js';
import { EntryPseudonyms } from './service/matching/entry-pseudonyms.js';
import { ImageHasher } from './service/matching/image-hasher.js';
import { MatchDisclosure } from './service/matching/match-disclosure.js';
import { Matcher } from './service/matching/matcher.js';
import { QueryRetention } from './service/matching/query-retention.js';
import { VerdictHistory } from './service/matching/verdict-history.js';
import { VerdictLog } from './service/matching/verdict-log.js';
import { QuerySample } from './service/recall-check/query-sample.js';
import { RecallCheck } from './service/recall-check/recall-check.js';
import { ChangeFeedFollower } from './service/sync/change-feed-follower.js';
import { ChangeFeedPruner } from './service/sync/change-feed-pruner.js';
import { ChangeStore } from './store/changes.js';
import type { Database } from './store/database.js';
import { EmbeddedVacuumStore } from './store/embedded-vacuum.js';
import { openDatabase, openOwner } from './store/open.js';
import { openStores, type Stores } from './store/stores.js';

/** Everything below HTTP and the command line, running. */
export interface Service {
  readonly database: Database;
  readonly dataKey: DerivedKeys;
  readonly auditReader: AuditReader;
  readonly auditSealing: AuditSealingJob;
  readonly index: HashIndex;
  readonly imaging: Imaging;
  readonly follower: ChangeFeedFollower;
  readonly keyCache: KeyCache;
  readonly verdictLog: VerdictLog;
  readonly hasher: ImageHasher;
  readonly matcher: Matcher;
  readonly enrolment: Enrolment;
  readonly entries: EntryReader;
  readonly lists: Lists;
  readonly drafts: Drafts;
  readonly accounts: OrganisationsAndKeys;
  readonly listCache: ListCache;
  readonly organisationCache: OrganisationCache;
  readonly entryReview: EntryReview;
  readonly previews: Previews;
  readonly history: VerdictHistory;
  readonly names: EntryNames;
  readonly queryRetention: QueryRetention;
  readonly floodGuard: FloodGuard;
  readonly retentionJobs: RetentionJobs;
  readonly recallCheck: RecallCheck;
  readonly legalRequests: LegalRequests;
  readonly legalRequestCache: LegalRequestCache;
  readonly legalRequestCounts: LegalRequestCounts;
  readonly guard: EnumerationGuard;
  readonly disclosure: MatchDisclosure;
  readonly quotas: Quotas;
  readonly idempotency: Idempotency;
  readonly stores: Stores;
  /** Starts what a server does by itself beside answering: the recall audit, the pruning of old changes, the sealing of acts. */
  startJobs(): void;
  /** Ends the parts, the last started first; `phase` is told what is being done. */
  close(phase?: Phase): Promise<void>;
}

/** Runs one named part of a stop, bounded in time. */
export type Phase = (name: string, work: () => Promise<void>) => Promise<void>;

export interface ServiceOptions {
  readonly config: Config;
  readonly log: Logger;
  /** What a second process on the data directory is told. */
  readonly command: string;
  /** A server runs the embedded database itself; a command may use that of a server. */
  readonly exclusive: boolean;
  /** For a command that runs the embedded database while others use it: its close waits for them, and calls this after a second of it. */
  readonly onWait?: () => void;
}

const databaseOptions = ({ config, log, command, exclusive, onWait }: ServiceOptions) => ({
  databaseUrl: config.DATABASE_URL,
  migrationUrl: config.VIGIE_MIGRATION_URL,
  dataDir: config.VIGIE_DATA_DIR,
  command,
  exclusive,
  onWait,
  log,
});

/** Opens the database alone, for commands that need no more. */
export function openConfigured(options: ServiceOptions): Promise<Database> {
  return openDatabase(databaseOptions(options));
}

/** As `openConfigured`, by the role that owns the tables where there are two roles. */
export function openConfiguredAsOwner(options: ServiceOptions): Promise<Database> {
  return openOwner(databaseOptions(options));
}

/** The data key of an open database. @throws DataKeyRefused. */
export function openConfiguredKey(database: Database, { VIGIE_DATA_KEY: given, VIGIE_DATA_DIR: dataDir }: Config) {
  return openDataKey(database, { given, dataDir });
}

/** Starts everything below HTTP: database, index, imaging processes, use cases. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const database = await openConfigured(options);
  const dataKey = await openConfiguredKey(database, options.config).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  // Nobody would rewrite what the other engine left, and hashes withdrawn since would stay in it.
  if (options.exclusive && options.config.VIGIE_INDEX === 'pgvector') await removeSnapshot(snapshotPath(options.config));
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

/** What a node holds in memory, and what keeps it equal to the database. */
function wireMemory({ options, database, stores, workers }: Foundation) {
  const { config, log } = options;
  const { index, snapshots } = openIndex(options, stores.hashes, workers);
  const books = { keyCache: new KeyCache(), listCache: new ListCache(), organisationCache: new OrganisationCache() };
  const changes = new ChangeStore(database);
  const { listCache } = books;
  const follower = new ChangeFeedFollower({
    ...stores,
    ...books,
    changes,
    index,
    snapshots,
    log,
    maxAgeMs: config.VIGIE_INDEX_MAX_AGE_MS,
  });
  // Nothing of what callers ask is kept where nothing is done with it.
  const recentQueries = config.VIGIE_AUDIT_QUERIES > 0 && index.engine === 'memory' ? new QuerySample() : undefined;
  const recallCheck = new RecallCheck({ index, follower, hashes: stores.hashes, changes, listCache, log, recentQueries });
  return {
    index,
    snapshots,
    ...books,
    follower,
    recentQueries,
    recallCheck,
    changeFeedPruner: new ChangeFeedPruner(changes, log),
  };
}

/** The use cases of analysts and operators. */
function wireKnowledge({ stores, dataKey, options }: Foundation, memory: ReturnType<typeof wireMemory>, hasher: ImageHasher) {
  const { index, listCache, follower } = memory;
  const tombstones = new Tombstones(dataKey);
  const knownGood = new KnownGood(index, listCache);
  const entryReview = new EntryReview({ store: stores.entryReview, listCache, tombstones, follower });
  return {
    enrolment: new Enrolment({ entries: stores.entries, hasher, listCache, knownGood, tombstones, follower }),
    entries: new EntryReader({ ...stores, listCache }),
    entryReview,
    previews: new Previews({ index, listCache, hasher, knownGood, recentQueries: stores.recentQueries }),
    lists: new Lists(stores.lists, listCache, follower, stores.keys),
    accounts: new OrganisationsAndKeys(stores.organisations, stores.keys, () => follower.refresh()),
    expiry: new Periodic(
      expiryEveryMs,
      async () => void (await entryReview.expire()),
      (error) => options.log.warn({ err: error }, 'entries whose time is over could not be withdrawn'),
    ),
  };
}

function wire(foundation: Foundation): Service {
  const { options, database, stores, dataKey, workers, imaging } = foundation;
  const { config, log } = options;
  const memory = wireMemory(foundation);
  const { index, listCache, organisationCache, follower, recallCheck } = memory;
  const hasher = new ImageHasher(imaging, workers);
  const knowledge = wireKnowledge(foundation, memory, hasher);
  const { entryReview, expiry } = knowledge;
  const verdictLog = new VerdictLog(stores.verdicts, log);
  const names = new EntryNames(listCache, new EntryPseudonyms(dataKey));
  const floodGuard = new FloodGuard(stores.matchCounts, entryReview, log);
  const queryRetention = new QueryRetention(stores.recentQueries, organisationCache, log);
  const retentionJobs = new RetentionJobs(stores.jobs, purgesOf(stores), log);
  const auditSealing = auditSealingJob(options, stores.audit, dataKey);
  const guard = makeGuard(config, database, log);
  const idempotency = new Idempotency(stores.idempotency, log);
  const legalRequestCache = new LegalRequestCache(stores.legalRequests, log);
  const legalRequestCounts = new LegalRequestCounts(stores.legalRequests, log);
  // A PostgreSQL does this by itself.
  const embeddedVacuum = database.embedded ? [new EmbeddedVacuum(new EmbeddedVacuumStore(database), log)] : [];
  const jobs = [
    memory.changeFeedPruner,
    floodGuard,
    queryRetention,
    retentionJobs,
    expiry,
    legalRequestCache,
    legalRequestCounts,
    guard,
    idempotency,
    ...embeddedVacuum,
  ];
  return {
    ...{
      database,
      dataKey,
      imaging,
      stores,
      hasher,
      verdictLog,
      floodGuard,
      retentionJobs,
      auditSealing,
      legalRequestCache,
      legalRequestCounts,
    },
    ...{ guard, idempotency, names, queryRetention },
    disclosure: new MatchDisclosure({ guard, organisationCache }),
    quotas: new Quotas({ minute: config.VIGIE_QUOTA_MINUTE, day: config.VIGIE_QUOTA_DAY }),
    ...memory,
    ...knowledge,
    auditReader: new AuditReader(stores.audit),
    matcher: new Matcher({ ...memory, hasher, verdictLog, names, floodGuard, queryRetention, legalRequestCache }),
    history: new VerdictHistory({ ...stores, listCache, names, entryReview }),
    drafts: new Drafts(stores.verdicts),
    legalRequests: new LegalRequests(stores.legalRequests, () => legalRequestCache.load()),
    startJobs() {
      recallCheck.start(config.VIGIE_AUDIT_QUERIES);
      for (const job of [...jobs, auditSealing]) job.start();
    },
    async close(phase = (_name, work) => work()) {
      await phase('imaging', () => imaging.close());
      await phase('verdicts', () => verdictLog.close());
      await phase('jobs', async () => void (await Promise.all([recallCheck, ...jobs].map((job) => job.close()))));
      // Behind the jobs: what they did last is sealed, too.
      await phase('audit', () => auditSealing.close());
      await phase('feed', () => follower.close());
      if (memory.snapshots) await phase('snapshot', async () => memory.snapshots?.close());
      await phase('index', () => index.close());
      await phase('workers', () => workers.close());
      await phase('database', () => database.close());
    },
  };
}

/** An entry matches at most that long past its time. */
const expiryEveryMs = 1_000;

function purgesOf({ verdicts, recentQueries, matchCounts, jobs }: Stores): Record<string, Purge> {
  return {
    verdicts: (limit) => verdicts.purge(limit),
    recentQueries: (limit) => recentQueries.purge(limit),
    matchCounts: (limit) => matchCounts.purge(limit),
    seals: (limit) => jobs.purgeSeals(limit),
  };
}
