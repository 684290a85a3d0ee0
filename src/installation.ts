/** The database, the data key and the files of one installation, as its settings name them. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { openDataKey } from './data-key.js';
import { VerdictJournal } from './service/matching/verdict-journal.js';
import { VerdictLog } from './service/matching/verdict-log.js';
import type { Database } from './store/database.js';
import { openDatabase, openOwner } from './store/open.js';
import type { VerdictStore } from './store/verdicts.js';

export interface ServiceOptions {
  readonly config: Config;
  readonly log: Logger;
  /** The name of this process, shown to a second process that wants the same data directory. */
  readonly command: string;
  /** True for a server: it owns the embedded database. A command may share the database of a running server. */
  readonly exclusive: boolean;
  /** Called when the close of a command has waited one second for other processes that use its embedded database. */
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

/** Opens only the database, for commands that need nothing else. */
export function openConfigured(options: ServiceOptions): Promise<Database> {
  return openDatabase(databaseOptions(options));
}

/** Like `openConfigured`, but with the role that owns the tables if there are two roles. */
export function openConfiguredAsOwner(options: ServiceOptions): Promise<Database> {
  return openOwner(databaseOptions(options));
}

/** The data key of an open database. @throws DataKeyRefused. */
export function openConfiguredKey(database: Database, { VIGIE_DATA_KEY: given, VIGIE_DATA_DIR: dataDir }: Config) {
  return openDataKey(database, { given, dataDir });
}

export const withdrawalJournalPath = ({ VIGIE_DATA_DIR }: Config) => join(VIGIE_DATA_DIR, 'withdrawals.journal');

export const snapshotPath = ({ VIGIE_DATA_DIR }: Config) => join(VIGIE_DATA_DIR, 'index.snapshot');

/** The journal belongs to the node: commands that run beside it have none. */
export function openVerdictLog({ config, log, exclusive }: ServiceOptions, verdicts: VerdictStore): VerdictLog {
  const journal = exclusive ? new VerdictJournal(join(config.VIGIE_DATA_DIR, 'verdicts.journal'), log) : undefined;
  const verdictLog = new VerdictLog(verdicts, log, { journal });
  verdictLog.recover();
  return verdictLog;
}

/** With the role that owns the tables, if there are two roles. */
export async function asOwner<Result>(
  options: ServiceOptions,
  database: Database,
  work: (database: Database) => Promise<Result>,
) {
  if (options.config.VIGIE_MIGRATION_URL === undefined || database.embedded) return work(database);
  const owner = await openConfiguredAsOwner({ ...options, exclusive: false });
  return work(owner).finally(() => owner.close());
}

export function imagingOptions({ config, log }: ServiceOptions) {
  return {
    decoder: config.VIGIE_DECODER,
    children: config.VIGIE_IMAGING_PROCESSES,
    deadlineMs: config.VIGIE_IMAGE_TIMEOUT_MS,
    memoryMb: config.VIGIE_IMAGE_MEMORY_MB,
    queueLimit: config.VIGIE_IMAGING_QUEUE,
    maxPixels: config.VIGIE_MAX_IMAGE_PIXELS,
    formatsOff: config.VIGIE_IMAGE_FORMATS_OFF,
    variants: config.VIGIE_VARIANTS,
    drainMs: config.VIGIE_STOP_TIMEOUT_MS,
    log,
  };
}
