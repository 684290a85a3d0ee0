import type { Logger } from 'pino';
import type { ChangeStore } from '../../store/changes.js';
import { Periodic } from '../jobs/periodic.js';

const hourMs = 3_600_000;
/** Changes are kept this long: a node, or its snapshot, that is older loads everything again. */
const keptMs = 7 * 24 * hourMs;

/** Deletes old changes, in small statements with room for others between them. */
export class ChangeFeedPruner {
  private readonly periodic: Periodic;
  private closed = false;

  constructor(
    private readonly changes: Pick<ChangeStore, 'prune'>,
    private readonly log: Logger,
  ) {
    this.periodic = new Periodic(
      hourMs,
      async () => void (await this.prune()),
      (error) => log.warn({ err: error }, 'old changes could not be pruned; the next hour tries again'),
    );
  }

  /** Prunes about once an hour until `close`. */
  start(): void {
    this.periodic.start();
  }

  /** Deletes all changes older than `ageMs` that no position still needs; gives how many. */
  async prune(ageMs = keptMs): Promise<number> {
    let pruned = 0;
    while (!this.closed) {
      const count = await this.changes.prune(ageMs);
      if (count === 0) break;
      pruned += count;
    }
    if (pruned > 0) this.log.info({ changes: pruned }, 'old changes pruned');
    return pruned;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.periodic.close();
  }
}
