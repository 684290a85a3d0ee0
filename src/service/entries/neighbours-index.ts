import type { Logger } from 'pino';
import type { Database } from '../../store/database.js';
import { ensureNearIndex } from '../../store/near-index.js';

/** The HNSW index behind `GET /v1/entries/{id}/neighbours`. No verdict depends on it, so it is built in the background. */
export class NeighboursIndex {
  private warned = false;

  constructor(
    /** Runs `work` as the role that owns the tables: no other role may index them. */
    private readonly asOwner: (work: (database: Database) => Promise<boolean>) => Promise<boolean>,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  /** Builds the index if it is missing. */
  async build(): Promise<void> {
    const built = await this.asOwner(ensureNearIndex);
    if (!built && !this.warned)
      this.log.warn('too many hashes for the embedded database to index: a search for neighbours compares every row');
    this.warned = !built;
  }
}
