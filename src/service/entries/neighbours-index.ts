import type { Logger } from 'pino';
import type { Database } from '../../store/database.js';
import { ensureNearIndex, hasNearIndex } from '../../store/near-index.js';

/** The HNSW index of `GET /v1/entries/{id}/neighbours`. No verdict depends on it. */
export class NeighboursIndex {
  private warned = false;

  constructor(
    private readonly database: Database,
    /** Only the role that owns the tables may index them. */
    private readonly asOwner: (work: (database: Database) => Promise<boolean>) => Promise<boolean>,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  /** Returns when `signal` aborts, even if the build goes on: it may take an hour, and the service is closing. */
  async build(signal: AbortSignal): Promise<void> {
    if (await hasNearIndex(this.database)) return;
    const aborted = new Promise<'aborted'>((resolve) =>
      signal.addEventListener('abort', () => resolve('aborted'), { once: true }),
    );
    const building = this.asOwner(ensureNearIndex);
    building.catch(() => {});
    const built = await Promise.race([building, aborted]);
    if (built === 'aborted') return;
    if (!built && !this.warned)
      this.log.warn('no neighbour index: too many hashes for the embedded database; a search for neighbours compares every row');
    this.warned = !built;
  }
}
