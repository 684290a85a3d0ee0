import type { Logger } from 'pino';
import { isDigest } from '../../domain/algorithms/registry.js';
import { uuidOfEntryId } from '../../domain/entry.js';
import type { Match } from '../../domain/verdict.js';
import type { MatchCountStore } from '../../store/match-counts.js';
import type { EntryReview } from '../entries/entry-review.js';

/** A flood is this many times the busiest hour of the week before. */
const timesBusiest = 20;
/** 20 ms per statement, in which verdicts wait to commit. */
const entriesPerStatement = 500;
const maxCounted = 10_000;

/**
 * Quarantines entries whose near matches far exceed their history, because a wrong entry does most harm in its first hour.
 * Its near matches are then held for review. They stay hidden, so an abuser gains nothing by flooding an entry.
 */
export class FloodGuard {
  private counts = new Map<string, number>();
  quarantined = 0;

  constructor(
    private readonly matchCounts: MatchCountStore,
    private readonly entryReview: Pick<EntryReview, 'lower'>,
    private readonly log: Logger,
  ) {}

  note(matches: readonly Match[]): void {
    for (const { entry, algorithm } of matches) {
      const uuid = isDigest(algorithm) ? undefined : uuidOfEntryId(entry);
      if (uuid && (this.counts.has(uuid) || this.counts.size < maxCounted))
        this.counts.set(uuid, (this.counts.get(uuid) ?? 0) + 1);
    }
  }

  async flush(): Promise<void> {
    const { counts } = this;
    if (counts.size === 0) return;
    this.counts = new Map();
    const all = [...counts];
    for (let first = 0; first < all.length; first += entriesPerStatement)
      await this.write(new Map(all.slice(first, first + entriesPerStatement)));
  }

  private async write(counts: ReadonlyMap<string, number>): Promise<void> {
    for (const { entry, matches } of await this.matchCounts.add(counts, timesBusiest)) {
      await this.entryReview.lower(entry, 'flood', `${matches} near matches within an hour`);
      this.quarantined++;
      this.log.warn({ entry, matches }, 'entry quarantined: its near matches far exceed its history');
    }
  }
}
