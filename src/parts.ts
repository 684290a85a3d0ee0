/** Parts whose making depends on the settings; main.ts puts them together. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import type { DerivedKeys } from './data-key.js';
import { MemoryIndex } from './index/memory.js';
import { createPgvectorIndex } from './index/pgvector.js';
import type { IndexWorkerPool } from './index/worker-pool.js';
import type { ServiceOptions } from './main.js';
import { EnumerationGuard } from './service/abuse/enumeration-guard.js';
import { AuditSealingJob } from './service/audit-log/sealing-job.js';
import { Snapshots } from './service/sync/snapshots.js';
import { type AuditStore, appendAct } from './store/audit.js';
import type { Database } from './store/database.js';
import type { HashStore } from './store/hashes.js';

/** How images are decoded, by the settings. */
export function imagingOptions({ config, log }: ServiceOptions) {
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

export const snapshotPath = ({ VIGIE_DATA_DIR }: Config) => join(VIGIE_DATA_DIR, 'index.snapshot');

/** The engine, and the file that spares the memory engine a load from the database. */
export function openIndex({ config, log, exclusive }: ServiceOptions, hashes: HashStore, workers: IndexWorkerPool) {
  if (config.VIGIE_INDEX === 'pgvector') return { index: createPgvectorIndex(hashes), snapshots: undefined };
  const index = new MemoryIndex(workers, (error) => log.error({ err: error }, 'compaction failed'));
  const path = snapshotPath(config);
  return { index, snapshots: new Snapshots({ index, path, key: config.VIGIE_DATA_KEY, writes: exclusive, log }) };
}

/** What seals the audit and anchors it outside the database. */
export function auditSealingJob(
  { config, log, exclusive }: ServiceOptions,
  audit: AuditStore,
  dataKey: DerivedKeys,
): AuditSealingJob {
  const anchorPath = join(config.VIGIE_DATA_DIR, 'audit.anchor');
  return new AuditSealingJob({ audit, key: dataKey.derive('audit'), anchorPath, anchors: exclusive, log });
}

/** What notices a key that asks for near variants of one picture; its sketches live and die with the process, so its key may too. */
export function makeGuard(config: Config, database: Database, log: Logger): EnumerationGuard {
  const limits = { alertAt: config.VIGIE_PROBES_ALERT, bandsAt: config.VIGIE_PROBES_BANDS };
  return new EnumerationGuard({
    limits,
    key: randomBytes(32),
    log,
    record: (act) => database.transaction((tx) => appendAct(tx, act)),
  });
}
