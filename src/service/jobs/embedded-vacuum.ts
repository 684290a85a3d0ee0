import type { Logger } from 'pino';
import type { EmbeddedVacuumStore } from '../../store/embedded-vacuum.js';

/** Vacuums the embedded database, table by table, so that other queries run in between. PGlite has no autovacuum. */
export async function vacuumEmbedded(store: EmbeddedVacuumStore, log: Pick<Logger, 'info'>, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  for (const table of await store.tables()) {
    if (signal.aborted) return;
    await store.vacuum(table);
  }
  log.info({ ms: Math.round(performance.now() - startedAt) }, 'embedded database vacuumed');
}
