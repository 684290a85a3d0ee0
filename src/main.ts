/** The composition root: the only file that wires the parts together, and takes them apart again. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { type Imaging, startImaging } from './imaging/client.js';
import type { HashIndex } from './index/hash-index.js';
import { MemoryIndex } from './index/memory.js';
import { createPgvectorIndex } from './index/pgvector.js';
import { type IndexWorkers, startIndexWorkers } from './index/workers.js';
import { Enrolment } from './service/enrol.js';
import { Entries } from './service/entries.js';
import { EnumerationGuard } from './service/enumeration-guard.js';
import { ImageHasher } from './service/hash-image.js';
import { Idempotency } from './service/idempotency.js';
import { Keyring } from './service/keyring.js';
import { ListBook } from './service/list-book.js';
import { Lists } from './service/lists.js';
import { Live } from './service/live.js';
import { Matcher } from './service/match.js';
import { OrganisationBook } from './service/organisation-book.js';
import { People } from './service/people.js';
import { Pruner } from './service/prune.js';
import { Quotas } from './service/quotas.js';
import { RecallAudit } from './service/recall-audit.js';
import { RecentQueries } from './service/recent-queries.js';
import { Snapshots } from './service/snapshots.js';
import { Telling } from './service/telling.js';
import { VerdictLog } from './service/verdict-log.js';
import { appendAct } from './store/audit.js';
import { ChangeStore } from './store/changes.js';
import type { Database } from './store/database.js';
import { EntryStore } from './store/entries.js';
import { HashStore } from './store/hashes.js';
import { IdempotencyStore } from './store/idempotency.js';
import { KeyStore } from './store/keys.js';
import { ListStore } from './store/lists.js';
import { openDatabase } from './store/open.js';
import { OrganisationStore } from './store/organisations.js';
import { VerdictStore } from './store/verdicts.js';

/** Everything below HTTP and the command line, running. */
export interface Service {
  readonly database: Database;
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
  readonly people: People;
  readonly organisationBook: OrganisationBook;
  readonly recallAudit: RecallAudit;
  readonly guard: EnumerationGuard;
  readonly telling: Telling;
  readonly quotas: Quotas;
  readonly idempotency: Idempotency;
  readonly stores: Stores;
  /** Starts what a server does by itself beside answering: the recall audit, the pruning of what is old. */
  startJobs(): void;
  /** Ends the parts, the last started first; `phase` is told what is being done. */
  close(phase?: Phase): Promise<void>;
}

/** Runs one named part of a stop, bounded in time. */
export type Phase = (name: string, work: () => Promise<void>) => Promise<void>;

export interface Stores {
  readonly organisations: OrganisationStore;
  readonly keys: KeyStore;
  readonly lists: ListStore;
  readonly entries: EntryStore;
  readonly hashes: HashStore;
}

export interface ServiceOptions {
  readonly config: Config;
  readonly log: Logger;
  /** What a second process on the data directory is told. */
  readonly command: string;
  /** A server runs the embedded database itself; a command may use that of a server. */
  readonly exclusive: boolean;
}

export function openStores(database: Database): Stores {
  return {
    organisations: new OrganisationStore(database),
    keys: new KeyStore(database),
    lists: new ListStore(database),
    entries: new EntryStore(database),
    hashes: new HashStore(database),
  };
}

/** Opens the database alone, for commands that need no more. */
export function openConfigured({ config, log, command, exclusive }: ServiceOptions): Promise<Database> {
  const { DATABASE_URL: databaseUrl, VIGIE_DATA_DIR: dataDir } = config;
  return openDatabase({ databaseUrl, dataDir, command, exclusive, log });
}

/** Starts everything below HTTP: database, index, imaging processes, use cases. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const database = await openConfigured(options);
  // Nobody would rewrite what the other engine left, and hashes withdrawn since would stay in it.
  if (options.exclusive && options.config.VIGIE_INDEX === 'pgvector') await rm(snapshotPath(options.config), { force: true });
  const workers = await startIndexWorkers(availableParallelism());
  const imaging = startImaging(imagingOptions(options));
  try {
    const service = wire(options, database, workers, imaging);
    await service.live.start();
    return service;
  } catch (error) {
    await imaging.close();
    await workers.close();
    await database.close();
    throw error;
  }
}

function imagingOptions({ config, log }: ServiceOptions) {
  return {
    decoder: config.VIGIE_DECODER,
    children: config.VIGIE_IMAGING_PROCESSES,
    deadlineMs: config.VIGIE_IMAGE_TIMEOUT_MS,
    memoryMb: config.VIGIE_IMAGE_MEMORY_MB,
    queueLimit: config.VIGIE_IMAGING_QUEUE,
    maxPixels: config.VIGIE_MAX_IMAGE_PIXELS,
    variants: config.VIGIE_VARIANTS,
    drainMs: config.VIGIE_STOP_TIMEOUT_MS,
    log,
  };
}

const snapshotPath = ({ VIGIE_DATA_DIR }: Config) => join(VIGIE_DATA_DIR, 'index.snapshot');

/** The engine, and the file that spares the memory engine a load from the database. */
function openIndex({ config, log, exclusive }: ServiceOptions, hashes: HashStore, workers: IndexWorkers) {
  if (config.VIGIE_INDEX === 'pgvector') return { index: createPgvectorIndex(hashes), snapshots: undefined };
  const index = new MemoryIndex(workers, (error) => log.error({ err: error }, 'compaction failed'));
  const path = snapshotPath(config);
  return { index, snapshots: new Snapshots({ index, path, key: config.VIGIE_DATA_KEY, writes: exclusive, log }) };
}

function makeGuard(config: Config, database: Database, log: Logger): EnumerationGuard {
  const limits = { alertAt: config.VIGIE_PROBES_ALERT, bandsAt: config.VIGIE_PROBES_BANDS };
  return new EnumerationGuard({
    limits,
    key: randomBytes(32),
    log,
    record: (act) => database.transaction((tx) => appendAct(tx, act)),
  });
}

function wire(options: ServiceOptions, database: Database, workers: IndexWorkers, imaging: Imaging): Service {
  const { config, log } = options;
  const stores = openStores(database);
  const { index, snapshots } = openIndex(options, stores.hashes, workers);
  const keyring = new Keyring();
  const listBook = new ListBook();
  const organisationBook = new OrganisationBook();
  const maxAgeMs = config.VIGIE_INDEX_MAX_AGE_MS;
  const changes = new ChangeStore(database);
  const live = new Live({ ...stores, changes, index, snapshots, keyring, listBook, organisationBook, log, maxAgeMs });
  const { VIGIE_AUDIT_QUERIES: queriesAMinute } = config;
  // Nothing of what callers ask is kept where nothing is done with it.
  const recentQueries = queriesAMinute > 0 && index.engine === 'memory' ? new RecentQueries() : undefined;
  const recallAudit = new RecallAudit({ index, live, hashes: stores.hashes, changes, listBook, log, recentQueries });
  const pruner = new Pruner(changes, log);
  const hasher = new ImageHasher(imaging, workers);
  const verdictLog = new VerdictLog(new VerdictStore(database), log);
  const guard = makeGuard(config, database, log);
  const idempotency = new Idempotency(new IdempotencyStore(database), log);
  return {
    database,
    index,
    imaging,
    live,
    keyring,
    verdictLog,
    hasher,
    matcher: new Matcher({ index, listBook, live, hasher, verdictLog, recentQueries }),
    enrolment: new Enrolment(stores.entries, hasher, live),
    entries: new Entries(stores.entries, stores.hashes, live),
    lists: new Lists(stores.lists, listBook, live),
    people: new People(stores.organisations, stores.keys, () => live.refresh()),
    organisationBook,
    recallAudit,
    guard,
    telling: new Telling({ guard, organisationBook, lists: () => listBook.all() }),
    quotas: new Quotas({ minute: config.VIGIE_QUOTA_MINUTE, day: config.VIGIE_QUOTA_DAY }),
    idempotency,
    stores,
    startJobs() {
      recallAudit.start(queriesAMinute);
      pruner.start();
      guard.start();
      idempotency.start();
    },
    async close(phase = (_name, work) => work()) {
      await phase('imaging', () => imaging.close());
      await phase('verdicts', () => verdictLog.close());
      await phase(
        'jobs',
        async () => void (await Promise.all([recallAudit.close(), pruner.close(), guard.close(), idempotency.close()])),
      );
      await phase('feed', () => live.close());
      if (snapshots) await phase('snapshot', () => snapshots.close());
      await phase('index', () => index.close());
      await phase('workers', () => workers.close());
      await phase('database', () => database.close());
    },
  };
}
