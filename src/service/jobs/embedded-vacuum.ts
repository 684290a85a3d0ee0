import type { Logger } from 'pino';
import type { EmbeddedVacuumStore } from '../../store/embedded-vacuum.js';
import { Periodic } from './periodic.js';

const everyMs = 6 * 3_600_000;

/** Keeps the embedded database in order, one table after the other with room for others between them. */
export class EmbeddedVacuum {
  private readonly periodic: Periodic;
  private closed = false;

  constructor(
    private readonly store: EmbeddedVacuumStore,
    private readonly log: Logger,
  ) {
    this.periodic = new Periodic(
      everyMs,
      () => this.run(),
      (error) => log.warn({ err: error }, 'the embedded database could not be vacuumed; the next time tries again'),
    );
  }

  start(): void {
    this.periodic.start();
  }

  /** Vacuums every table once; at `close` the one under way is the last. */
  async run(): Promise<void> {
    const began = performance.now();
    for (const table of await this.store.tables()) {
      if (this.closed) return;
      await this.store.vacuum(table);
    }
    this.log.info({ ms: Math.round(performance.now() - began) }, 'embedded database vacuumed');
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.periodic.close();
  }
}
