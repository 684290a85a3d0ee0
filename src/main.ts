import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { type DerivedKeys, openDataKey } from './data-key.js';
import { type Imaging, startImaging } from './imaging/client.js';
import type { HashIndex } from './index/hash-index.js';
import { removeSnapshot } from './index/snapshot-writer.js';
import { type IndexWorkers, startIndexWorkers } from './index/worker-pool.js';
import { imagingOptions, keepAudit, makeGuard, openIndex, snapshotPath } from './parts.js';
import { AuditReader } from './service/audit-log/export.js';
import type { AuditKeeper } from './service/audit-log/sealing-job.js';
import { DemandBook } from './service/legal/legal-request-cache.js';
import { DemandCounts } from './service/legal/legal-request-counts.js';
import { Demands } from './service/legal/legal-requests.js';
import { Drafts } from './service/legal/drafts.js';
import { Enrolment } from './service/entries/enrolment.js';
import { Entries } from './service/entries/entry-reader.js';
import { EntryNames } from './service/matching/entry-names.js';
import type { EnumerationGuard } from './service/abuse/enumeration-guard.js';
import { FloodGuard } from './service/abuse/flood-guard.js';
import { ImageHasher } from './service/matching/image-hasher.js';
import { Idempotency } from './service/idempotency/idempotency.js';
import { Keyring } from './service/accounts/key-cache.js';
import { KnownGood } from './service/entries/known-good.js';
import { ListBook } from './service/lists/list-cache.js';
import { Lists } from './service/lists/lists.js';
import { Live } from './service/sync/change-feed-follower.js';
import { Matcher } from './service/matching/matcher.js';
import { OrganisationBook } from './service/accounts/organisation-cache.js';
import { People } from './service/accounts/organisations-and-keys.js';
import { Periodic } from './service/jobs/periodic.js';
import { Previews } from './service/entries/enrolment-preview.js';
import { Pruner } from './service/sync/change-feed-pruner.js';
import { type Purge, Purges } from './service/jobs/retention-jobs.js';
import { QueryKeeper } from './service/matching/query-retention.js';
import { Quotas } from './service/abuse/quotas.js';
import { RecallAudit } from './service/recall-check/recall-check.js';
import { RecentQueries } from './service/recall-check/query-sample.js';
import { References } from './service/matching/entry-pseudonyms.js';
import { Standing } from './service/entries/entry-review.js';
import { Telling } from './service/matching/match-disclosure.js';
import { Tombstones } from './service/entries/tombstones.js';
import { Upkeep } from './service/jobs/embedded-vacuum.js';
import { VerdictHistory } from './service/matching/verdict-history.js';
import { VerdictLog } from './service/matching/verdict-log.js';
import { ChangeStore } from './store/changes.js';
import type { Database } from './store/database.js';
import { openDatabase, openOwner } from './store/open.js';
import { openStores, type Stores } from './store/stores.js';
import { UpkeepStore } from './store/embedded-vacuum.js';

/** Everything below HTTP and the command line, running. */
export interface Service {
  readonly database: Database;
  readonly dataKey: DerivedKeys;
  readonly auditReader: AuditReader;
  readonly auditKeeper: AuditKeeper;
  readonly index: HashIndex;
  readonly imaging: Imaging;
  readonly live: Live;
  readonly keyring: Keyring;
  readonly verdictLog: VerdictLog;
  readonly hasher: ImageHasher;
  readonly matcher: Matcher;
  readonly enrolment: Enrolment;
  readonly entries: Entries;
  readonly lists: Lists;
  readonly drafts: Drafts;
  readonly people: People;
  readonly listBook: ListBook;
  readonly organisationBook: OrganisationBook;
  readonly standing: Standing;
  readonly previews: Previews;
  readonly history: VerdictHistory;
  readonly names: EntryNames;
  readonly queryKeeper: QueryKeeper;
  readonly floodGuard: FloodGuard;
  readonly purges: Purges;
  readonly recallAudit: RecallAudit;
  readonly demands: Demands;
  readonly demandBook: DemandBook;
  readonly demandCounts: DemandCounts;
  readonly guard: EnumerationGuard;
  readonly telling: Telling;
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
  const workers = await startIndexWorkers(availableParallelism());
  const imaging = startImaging(imagingOptions(options));
  try {
    const service = wire({ options, database, stores: openStores(database), dataKey, workers, imaging });
    await service.live.start();
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
  readonly workers: IndexWorkers;
  readonly imaging: Imaging;
}

/** What a node holds in memory, and what keeps it equal to the database. */
function wireMemory({ options, database, stores, workers }: Foundation) {
  const { config, log } = options;
  const { index, snapshots } = openIndex(options, stores.hashes, workers);
  const books = { keyring: new Keyring(), listBook: new ListBook(), organisationBook: new OrganisationBook() };
  const changes = new ChangeStore(database);
  const { listBook } = books;
  const live = new Live({ ...stores, ...books, changes, index, snapshots, log, maxAgeMs: config.VIGIE_INDEX_MAX_AGE_MS });
  // Nothing of what callers ask is kept where nothing is done with it.
  const recentQueries = config.VIGIE_AUDIT_QUERIES > 0 && index.engine === 'memory' ? new RecentQueries() : undefined;
  const recallAudit = new RecallAudit({ index, live, hashes: stores.hashes, changes, listBook, log, recentQueries });
  return { index, snapshots, ...books, live, recentQueries, recallAudit, pruner: new Pruner(changes, log) };
}

/** The use cases of analysts and operators. */
function wireKnowledge({ stores, dataKey, options }: Foundation, memory: ReturnType<typeof wireMemory>, hasher: ImageHasher) {
  const { index, listBook, live } = memory;
  const tombstones = new Tombstones(dataKey);
  const knownGood = new KnownGood(index, listBook);
  const standing = new Standing({ store: stores.standing, listBook, tombstones, live });
  return {
    enrolment: new Enrolment({ entries: stores.entries, hasher, listBook, knownGood, tombstones, live }),
    entries: new Entries({ ...stores, listBook }),
    standing,
    previews: new Previews({ index, listBook, hasher, knownGood, recentQueries: stores.recentQueries }),
    lists: new Lists(stores.lists, listBook, live, stores.keys),
    people: new People(stores.organisations, stores.keys, () => live.refresh()),
    expiry: new Periodic(
      expiryEveryMs,
      async () => void (await standing.expire()),
      (error) => options.log.warn({ err: error }, 'entries whose time is over could not be withdrawn'),
    ),
  };
}

function wire(foundation: Foundation): Service {
  const { options, database, stores, dataKey, workers, imaging } = foundation;
  const { config, log } = options;
  const memory = wireMemory(foundation);
  const { index, listBook, organisationBook, live, recallAudit } = memory;
  const hasher = new ImageHasher(imaging, workers);
  const knowledge = wireKnowledge(foundation, memory, hasher);
  const { standing, expiry } = knowledge;
  const verdictLog = new VerdictLog(stores.verdicts, log);
  const names = new EntryNames(listBook, new References(dataKey));
  const floodGuard = new FloodGuard(stores.traffic, standing, log);
  const queryKeeper = new QueryKeeper(stores.recentQueries, organisationBook, log);
  const purges = new Purges(stores.jobs, purgesOf(stores), log);
  const auditKeeper = keepAudit(options, stores.audit, dataKey);
  const guard = makeGuard(config, database, log);
  const idempotency = new Idempotency(stores.idempotency, log);
  const demandBook = new DemandBook(stores.demands, log);
  const demandCounts = new DemandCounts(stores.demands, log);
  // A PostgreSQL does this by itself.
  const upkeep = database.embedded ? [new Upkeep(new UpkeepStore(database), log)] : [];
  const jobs = [memory.pruner, floodGuard, queryKeeper, purges, expiry, demandBook, demandCounts, guard, idempotency, ...upkeep];
  return {
    ...{ database, dataKey, imaging, stores, hasher, verdictLog, floodGuard, purges, auditKeeper, demandBook, demandCounts },
    ...{ guard, idempotency, names, queryKeeper },
    telling: new Telling({ guard, organisationBook }),
    quotas: new Quotas({ minute: config.VIGIE_QUOTA_MINUTE, day: config.VIGIE_QUOTA_DAY }),
    ...memory,
    ...knowledge,
    auditReader: new AuditReader(stores.audit),
    matcher: new Matcher({ ...memory, hasher, verdictLog, names, floodGuard, queryKeeper, demandBook }),
    history: new VerdictHistory({ ...stores, listBook, names, standing }),
    drafts: new Drafts(stores.verdicts),
    demands: new Demands(stores.demands, () => demandBook.load()),
    startJobs() {
      recallAudit.start(config.VIGIE_AUDIT_QUERIES);
      for (const job of [...jobs, auditKeeper]) job.start();
    },
    async close(phase = (_name, work) => work()) {
      await phase('imaging', () => imaging.close());
      await phase('verdicts', () => verdictLog.close());
      await phase('jobs', async () => void (await Promise.all([recallAudit, ...jobs].map((job) => job.close()))));
      // Behind the jobs: what they did last is sealed, too.
      await phase('audit', () => auditKeeper.close());
      await phase('feed', () => live.close());
      if (memory.snapshots) await phase('snapshot', async () => memory.snapshots?.close());
      await phase('index', () => index.close());
      await phase('workers', () => workers.close());
      await phase('database', () => database.close());
    },
  };
}

/** An entry matches at most that long past its time. */
const expiryEveryMs = 1_000;

function purgesOf({ verdicts, recentQueries, traffic, jobs }: Stores): Record<string, Purge> {
  return {
    verdicts: (limit) => verdicts.purge(limit),
    recentQueries: (limit) => recentQueries.purge(limit),
    traffic: (limit) => traffic.purge(limit),
    seals: (limit) => jobs.purgeSeals(limit),
  };
}
