import type { Logger } from 'pino';
import { isDigest } from '../../domain/algorithms/registry.js';
import { uuidOfEntryId } from '../../domain/entry.js';
import type { Match } from '../../domain/verdict.js';
import type { MatchCountStore, MatchSource } from '../../store/match-counts.js';
import type { EntryReview } from '../entries/entry-review.js';
import { ContentSketch } from './content-sketch.js';

/** A flood is this many times the busiest hour of the week before. */
const timesBusiest = 20;
/** 20 ms per statement, in which verdicts wait to commit. */
const sourcesPerStatement = 500;
/** 256 bytes each. */
const maxCounted = 10_000;

/** What says whether two queries show the same content. */
export interface Content {
  readonly pdq?: string;
  readonly blockhash?: string;
  readonly photodna?: string;
}

/**
 * Quarantines entries whose near matches far exceed their history, because a wrong entry does most harm in its first hour.
 * Its near matches are then held for review. They stay hidden, so an abuser gains nothing by flooding an entry.
 *
 * Distinct contents count, not matches, and one organisation is not enough: otherwise one key could switch off the entries of everybody.
 */
export class FloodGuard {
  private sources = new Map<string, ContentSketch>();
  quarantined = 0;

  constructor(
    private readonly matchCounts: MatchCountStore,
    private readonly entryReview: Pick<EntryReview, 'lower'>,
    /** 32 secret bytes, the same on all nodes. */
    private readonly key: Uint8Array,
    private readonly log: Logger,
  ) {}

  note(matches: readonly Match[], organisation: string, { pdq, blockhash, photodna }: Content): void {
    for (const { entry, algorithm } of matches) {
      if (isDigest(algorithm)) continue;
      const source = `${entry} ${organisation}`;
      const known = this.sources.get(source);
      if (!known && this.sources.size >= maxCounted) continue;
      const sketch = known ?? new ContentSketch(this.key);
      if (!known) this.sources.set(source, sketch);
      sketch.add(pdq ?? blockhash ?? photodna ?? '');
    }
  }

  async flush(): Promise<void> {
    const { sources } = this;
    if (sources.size === 0) return;
    this.sources = new Map();
    const all = [...sources].flatMap(([source, sketch]) => sourceOf(source, sketch));
    for (let first = 0; first < all.length; first += sourcesPerStatement)
      await this.write(all.slice(first, first + sourcesPerStatement));
  }

  private async write(sources: readonly MatchSource[]): Promise<void> {
    await this.matchCounts.add(sources);
    const entries = [...new Set(sources.map(({ entry }) => entry))];
    for (const { entry, contents, organisations } of await this.matchCounts.flooded(entries, timesBusiest)) {
      const reason = `near matches of ${contents} pictures of ${organisations} organisations within an hour`;
      await this.entryReview.lower(entry, 'flood', reason);
      this.quarantined++;
      this.log.warn({ entry, contents, organisations }, 'entry quarantined: its near matches far exceed its history');
    }
  }
}

function sourceOf(source: string, { matches, hex: contents }: ContentSketch): MatchSource[] {
  const [id = '', organisation = ''] = source.split(' ');
  const entry = uuidOfEntryId(id);
  return entry ? [{ entry, organisation, matches, contents }] : [];
}
