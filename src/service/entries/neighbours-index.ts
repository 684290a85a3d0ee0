import type { Logger } from 'pino';
import type { Database } from '../../store/database.js';
import { ensureNearIndex } from '../../store/near-index.js';

/** The HNSW index of `GET /v1/entries/{id}/neighbours`. No verdict depends on it. */
export class NeighboursIndex {
  private warned = false;

  constructor(
    /** Only the role that owns the tables may index them. */
    private readonly asOwner: (work: (database: Database) => Promise<boolean>) => Promise<boolean>,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  async build(): Promise<void> {
    const built = await this.asOwner(ensureNearIndex);
    if (!built && !this.warned)
      this.log.warn('no neighbour index: too many hashes for the embedded database; a search for neighbours compares every row');
    this.warned = !built;
  }
}
