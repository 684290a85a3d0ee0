import type { Logger } from 'pino';
import { isDigest } from '../../domain/algorithms/registry.js';
import { uuidOfEntryId } from '../../domain/entry.js';
import type { Match } from '../../domain/verdict.js';
import type { MatchCountStore } from '../../store/match-counts.js';
import type { EntryReview } from '../entries/entry-review.js';
import { Periodic } from '../jobs/periodic.js';

/** Each writes what it counted: at a second, 500 entries of them took a twentieth of the embedded database. */
const everyMs = 5_000;
/** An hour this many times the busiest of the week before is no growth of its own. */
const timesBusiest = 20;
/** Entries a statement: 40 us each, and verdicts wait for their commits meanwhile. */
const entriesAtOnce = 500;
/** Entries counted between two writes; more are not: a flood concerns few. */
const maxCounted = 10_000;

/**
 * Quarantines entries that suddenly match far beyond their history: a wrong entry does most harm in its first hour. Near matches only, and it
 * only lowers those: an abuser who floods an entry with copies keeps them hidden all the same.
 */
export class FloodGuard {
  private counts = new Map<string, number>();
  private readonly periodic: Periodic;
  /** Entries quarantined since the start. */
  quarantined = 0;

  constructor(
    private readonly matchCounts: MatchCountStore,
    private readonly entryReview: Pick<EntryReview, 'lower'>,
    private readonly log: Logger,
  ) {
    this.periodic = new Periodic(
      everyMs,
      () => this.flush(),
      (error) => log.warn({ err: error }, 'matches of entries could not be counted'),
    );
  }

  start(): void {
    this.periodic.start();
  }

  /** Counts the near matches of one answer. */
  note(matches: readonly Match[]): void {
    for (const { entry, algorithm } of matches) {
      const uuid = isDigest(algorithm) ? undefined : uuidOfEntryId(entry);
      if (uuid && (this.counts.has(uuid) || this.counts.size < maxCounted))
        this.counts.set(uuid, (this.counts.get(uuid) ?? 0) + 1);
    }
  }

  /** Writes what was counted, and quarantines what is beyond its history. */
  async flush(): Promise<void> {
    const { counts } = this;
    if (counts.size === 0) return;
    this.counts = new Map();
    const all = [...counts];
    for (let first = 0; first < all.length; first += entriesAtOnce)
      await this.write(new Map(all.slice(first, first + entriesAtOnce)));
  }

  private async write(counts: ReadonlyMap<string, number>): Promise<void> {
    for (const { entry, matches } of await this.matchCounts.add(counts, timesBusiest)) {
      await this.entryReview.lower(entry, 'flood', `${matches} near matches within an hour`);
      this.quarantined++;
      this.log.warn({ entry, matches }, 'an entry matches far beyond its history: it is quarantined');
    }
  }

  async close(): Promise<void> {
    await this.periodic.close();
    await this.flush().catch(() => {});
  }
}
