import type { Logger } from 'pino';
import type { HashKind } from '../../domain/hash.js';
import type { HashIndex } from '../../index/hash-index.js';
import type { ChangeStore } from '../../store/changes.js';
import type { DrawnHash, HashStore } from '../../store/hashes.js';
import { type ListCache, searchRadii } from '../lists/list-cache.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import type { QuerySample } from './query-sample.js';
import { type Difference, differenceOf, entriesIn, isEmpty, without } from './recall-difference.js';

/** Also when every list asks for a smaller one. */
const minRadius = 31;
const maxFlips = 31;
const hexDigits = 64;
const shareOfCallers = 0.25;
const maxAttempts = 5;
const catchUpMs = 30_000;
const maxOrdinalsLogged = 10;
const drawnAtOnce = 16;
const minReloadPauseMs = 60_000;
const maxReloadPauseMs = 3_600_000;

export type Question = DrawnHash;

/** `undecided`: entries near the query kept changing, or the index kept loading. */
export type Outcome = Difference | 'undecided';

export interface RecallSummary {
  readonly queries: number;
  readonly missed: number;
  readonly extra: number;
  readonly altered: number;
  readonly undecided: number;
}

export interface RecallCheckParts {
  readonly index: HashIndex;
  readonly follower: Pick<ChangeFeedFollower, 'assertUsable' | 'catchUp' | 'loads' | 'ready' | 'reload'>;
  readonly hashes: Pick<HashStore, 'draw' | 'withinAt'>;
  readonly changes: Pick<ChangeStore, 'changedAfter'>;
  readonly listCache: ListCache;
  readonly log: Logger;
  readonly recentQueries?: QuerySample | undefined;
  readonly random?: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Compares answers of the index with those of the database, at one feed position (docs/decisions/0005-recall-check.md). */
export class RecallCheck {
  /** Decided questions since the start. */
  asked = 0;
  failed = 0;
  undecided = 0;
  /** True from a difference until a rebuilt index answers the same question rightly. */
  differs = false;
  private reloadPauseMs = 0;
  private reloadedAt = Number.NEGATIVE_INFINITY;
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(private readonly parts: RecallCheckParts) {
    this.random = parts.random ?? Math.random;
    this.now = parts.now ?? (() => performance.now());
  }

  /**
   * Asks about a caller's hash, or a stored one with bits flipped. A difference rebuilds the index, but ever more rarely while differences
   * continue: each rebuild answers 503, and one that changes nothing only takes the service away.
   */
  async askOne(): Promise<void> {
    if (!this.parts.follower.ready) return;
    const question = this.callersQuestion() ?? (await this.drawQuestions(1))[0];
    if (!question) return;
    const outcome = await this.ask(question);
    if (outcome === 'undecided' || isEmpty(outcome)) return;
    this.differs = true;
    if (this.mayReload()) await this.reloadAndAsk(question);
  }

  private mayReload(): boolean {
    const sinceReloadMs = this.now() - this.reloadedAt;
    if (sinceReloadMs < this.reloadPauseMs) return false;
    const isCalm = sinceReloadMs > this.reloadPauseMs + maxReloadPauseMs;
    this.reloadPauseMs = isCalm ? minReloadPauseMs : Math.min(maxReloadPauseMs, this.reloadPauseMs * 2 || minReloadPauseMs);
    return true;
  }

  private async reloadAndAsk(question: Question): Promise<void> {
    const { follower, log } = this.parts;
    this.reloadedAt = this.now();
    await follower.reload();
    this.reloadedAt = this.now();
    const again = await this.ask(question);
    if (again !== 'undecided' && isEmpty(again)) {
      this.differs = false;
      log.info('recall check: the index was rebuilt and is right again');
      return;
    }
    log.error(
      { nextRebuildAfterMs: this.reloadPauseMs },
      'recall check: the rebuilt index may still be wrong; set VIGIE_INDEX=pgvector to search the database',
    );
  }

  async askMany(count: number, advance: () => void): Promise<RecallSummary> {
    const sum = { queries: 0, missed: 0, extra: 0, altered: 0, undecided: 0 };
    while (sum.queries + sum.undecided < count) {
      const questions = await this.drawQuestions(Math.min(drawnAtOnce, count - sum.queries - sum.undecided));
      if (questions.length === 0) break;
      for (const question of questions) {
        add(sum, await this.ask(question));
        advance();
      }
    }
    return sum;
  }

  /** @throws VigieError when the database or the index cannot answer. */
  async ask(question: Question): Promise<Outcome> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const outcome = await this.compare(question);
      if (outcome === 'undecided') continue;
      this.asked++;
      if (!isEmpty(outcome)) this.report(question, outcome);
      return outcome;
    }
    this.undecided++;
    return 'undecided';
  }

  private async compare({ kind, hex }: Question): Promise<Outcome> {
    const { index, follower, hashes, changes } = this.parts;
    follower.assertUsable();
    const { loads } = follower;
    const radius = this.radiusOf(kind);
    const { snapshot, hits: exact } = await hashes.withinAt(kind, hex, radius);
    // The index must hold at least what that snapshot saw.
    if (!(await follower.catchUp(catchUpMs))) return 'undecided';
    const [found = []] = await index.search(kind, [hex], radius);
    if (follower.loads !== loads) return 'undecided';
    const difference = differenceOf(exact, found);
    if (isEmpty(difference)) return difference;
    const changed = await changes.changedAfter(snapshot, entriesIn(difference));
    const left = without(difference, changed);
    return isEmpty(left) ? 'undecided' : left;
  }

  private report({ kind }: Question, { missed, extra, altered }: Difference): void {
    this.failed++;
    const all = [...missed, ...extra, ...altered].slice(0, maxOrdinalsLogged);
    const details = {
      kind,
      missed: missed.length,
      extra: extra.length,
      altered: altered.length,
      ordinals: all.map(({ ordinal }) => ordinal),
      entries: [...new Set(all.map(({ entry }) => entry.id))],
    };
    this.parts.log.error(details, 'recall check: index and database differ');
  }

  private radiusOf(kind: HashKind): number {
    const lists = this.parts.listCache.all();
    return Math.max(
      minRadius,
      searchRadii(new Map(lists.map((list) => [list.id, list])))[kind === 'blockhash' ? 'blockhash' : 'pdq'],
    );
  }

  private callersQuestion(): Question | undefined {
    if (this.random() >= shareOfCallers) return undefined;
    const hex = this.parts.recentQueries?.take();
    return hex && { kind: 'pdq', hex };
  }

  private async drawQuestions(count: number): Promise<Question[]> {
    const drawn = await this.parts.hashes.draw(count, this.random);
    return drawn.map(({ kind, hex }) => ({ kind, hex: this.flip(hex, Math.floor(this.random() * (maxFlips + 1))) }));
  }

  /** A bit that is drawn twice is flipped back. */
  private flip(hex: string, flips: number): string {
    let bits = BigInt(`0x${hex}`);
    for (let flip = 0; flip < flips; flip++) bits ^= 1n << BigInt(Math.floor(this.random() * hexDigits * 4));
    return bits.toString(16).padStart(hexDigits, '0');
  }
}

function add(sum: { -readonly [Count in keyof RecallSummary]: number }, outcome: Outcome): void {
  if (outcome === 'undecided') {
    sum.undecided++;
    return;
  }
  sum.queries++;
  sum.missed += outcome.missed.length;
  sum.extra += outcome.extra.length;
  sum.altered += outcome.altered.length;
}
