/**
 * Asks the index and the database the same question at one feed position, and compares (docs/decisions/0005-recall-check.md).
 */
import type { Logger } from 'pino';
import type { HashKind } from '../../domain/hash.js';
import type { HashIndex } from '../../index/hash-index.js';
import type { ChangeStore } from '../../store/changes.js';
import type { DrawnHash, HashStore } from '../../store/hashes.js';
import { type ListCache, searchRadii } from '../lists/list-cache.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import type { QuerySample } from './query-sample.js';
import { type Difference, differenceOf, entriesIn, isEmpty, without } from './recall-difference.js';

/** Lists may ask for less; the promise of exactness is given for this radius at least. */
const minRadius = 31;
const maxFlips = 31;
const hexDigits = 64;
/** One audited query in four is a caller's, where there are any. */
const shareOfCallers = 0.25;
const attempts = 5;
const catchUpMs = 30_000;
/** Ordinals and entries named in a log line. */
const maxNamed = 10;
const drawnAtOnce = 16;

/** What is asked: a stored hash, perhaps with bits flipped, or a caller's. */
export type Question = DrawnHash;

/** `undecided`: entries near the query kept changing, or the index kept loading, while it was asked. */
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
}

export class RecallCheck {
  /** Since the start: queries decided, those of them whose answers differed, and those that could not be decided. */
  asked = 0;
  failed = 0;
  undecided = 0;
  private readonly random: () => number;

  constructor(private readonly parts: RecallCheckParts) {
    this.random = parts.random ?? Math.random;
  }

  /** One query of the background job: a caller's or a stored hash with bits flipped. A difference rebuilds the index. */
  async askOne(): Promise<void> {
    if (!this.parts.follower.ready) return;
    const question = this.callersQuestion() ?? (await this.drawQuestions(1))[0];
    if (!question) return;
    const outcome = await this.ask(question);
    if (outcome === 'undecided' || isEmpty(outcome)) return;
    await this.parts.follower.reload();
    const again = await this.ask(question);
    if (again !== 'undecided' && isEmpty(again)) this.parts.log.info('recall audit: the index was rebuilt and is right again');
    else this.parts.log.error('recall audit: the rebuilt index is not shown to be right; VIGIE_INDEX=pgvector does without it');
  }

  /** Asks `count` questions about stored hashes; `advance` after each. Fewer where the database holds no perceptual hash. */
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

  /** Asks one question of both; logs and counts a difference. @throws VigieError when database or index cannot answer. */
  async ask(question: Question): Promise<Outcome> {
    for (let attempt = 0; attempt < attempts; attempt++) {
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
    // From here on the index holds at least what that snapshot saw.
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
    const all = [...missed, ...extra, ...altered].slice(0, maxNamed);
    const details = {
      kind,
      missed: missed.length,
      extra: extra.length,
      altered: altered.length,
      ordinals: all.map(({ ordinal }) => ordinal),
      entries: [...new Set(all.map(({ entry }) => entry.id))],
    };
    this.parts.log.error(details, 'recall audit: the index answers unlike the database');
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

  /** Up to `flips` bits turned over: one that is drawn twice is turned back. */
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
