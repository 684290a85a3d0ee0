/** The hot path: hashes or an image in, a verdict out. */
import { isDegenerate } from '../domain/degenerate.js';
import { VigieError } from '../domain/errors.js';
import { type HashSet, minimumQuality, type PdqVariant, type TurnedBlockhash } from '../domain/hash.js';
import type { Caller } from '../domain/key.js';
import type { List } from '../domain/list.js';
import { decide } from '../domain/policy.js';
import type { Decision, UnscannableReason } from '../domain/verdict.js';
import type { HashIndex } from '../index/hash-index.js';
import type { ImageHasher } from './hash-image.js';
import { type ListBook, searchRadii } from './list-book.js';
import type { Live } from './live.js';
import type { RecentQueries } from './recent-queries.js';
import { type Searched, sightingsOf, withNegatives } from './sightings.js';
import type { VerdictLog } from './verdict-log.js';

/** A verdict as it goes out. */
export interface Verdict extends Decision {
  readonly requestId: string;
  readonly hashes: ShownHashes;
  readonly index: { readonly version: string; readonly ageMs: number };
}

/** The query's own hashes, in short: the PDQ of the image as it is, and its quality. */
export interface ShownHashes {
  readonly pdq?: string;
  readonly blockhash?: string;
  readonly md5?: string;
  readonly sha1?: string;
  readonly sha256?: string;
  readonly quality?: number;
}

export interface MatchParts {
  readonly index: HashIndex;
  readonly listBook: ListBook;
  readonly live: Pick<Live, 'assertUsable' | 'freshness' | 'loads'>;
  readonly hasher: ImageHasher;
  readonly verdictLog: VerdictLog;
  /** Given: a sample of the PDQ hashes asked for is kept in memory for the recall audit. */
  readonly recentQueries?: RecentQueries | undefined;
}

export class Matcher {
  constructor(private readonly parts: MatchParts) {}

  /** @throws VigieError `no_lists`, `index_unavailable`, `overloaded`. */
  async matchHashes(caller: Caller, requestId: string, hashes: HashSet): Promise<Verdict> {
    const [verdict] = await this.matchMany(caller, [{ requestId, hashes }]);
    if (!verdict) throw new Error('a query was given no verdict');
    return verdict;
  }

  /** Many at once, answered in order: one search an algorithm for all of them, which spreads over the workers. @throws as `matchHashes`. */
  async matchMany(caller: Caller, items: readonly { requestId: string; hashes: HashSet }[]): Promise<Verdict[]> {
    const lists = this.admit();
    return this.answer(
      caller,
      lists,
      items.map(({ requestId, hashes }) => queryOf(requestId, hashes, null)),
    );
  }

  /** As `matchHashes`, for the bytes of an image; `signal` drops it from the queue when nobody waits any more. */
  async matchImage(caller: Caller, requestId: string, bytes: Uint8Array, signal?: AbortSignal): Promise<Verdict> {
    const lists = this.admit();
    const { hashes, unscannable } = await this.parts.hasher.hash(bytes, signal);
    signal?.throwIfAborted();
    const query = queryOf(requestId, hashes, unscannable);
    const [verdict] = await this.answer(caller, lists, [{ ...query, pdq: withNegatives(query.pdq) }]);
    if (!verdict) throw new Error('an image was given no verdict');
    return verdict;
  }

  /** Refuses before any work what could not be answered after it. @throws VigieError `no_lists`, `index_unavailable`. */
  admit(): ReadonlyMap<string, List> {
    this.parts.live.assertUsable();
    return this.parts.listBook.matchable();
  }

  private async answer(caller: Caller, lists: ReadonlyMap<string, List>, queries: readonly Query[]): Promise<Verdict[]> {
    const { live } = this.parts;
    // Hashing an image takes its time: what was usable before it may not be now.
    live.assertUsable();
    const { loads } = live;
    const freshness = live.freshness();
    for (const query of queries) this.parts.recentQueries?.offer(query.pdq);
    const sightings = await sightingsOf(this.parts.index, queries, searchRadii(lists));
    if (live.loads !== loads) throw new VigieError('index_unavailable', 'the index was loaded anew meanwhile; retry', 1);
    const decisions = queries.map(({ unscannable }, at) => decide(sightings[at] ?? [], lists, unscannable));
    const records = decisions.flatMap((decision, at) =>
      this.account(caller, queries[at]?.requestId ?? '', decision, freshness.version),
    );
    if (records.length > 0) await Promise.all(records);
    return decisions.map((decision, at) => ({
      requestId: queries[at]?.requestId ?? '',
      ...decision,
      hashes: shown(queries[at]),
      index: freshness,
    }));
  }

  private account(caller: Caller, requestId: string, decision: Decision, indexVersion: string): Promise<void>[] {
    const { verdictLog } = this.parts;
    if (decision.verdict === 'no_known_match') {
      verdictLog.count();
      return [];
    }
    const { verdict, reason, matches } = decision;
    const { key, organisation } = caller;
    return [verdictLog.record({ requestId, key, organisation, verdict, reason, matches, indexVersion, answeredAt: new Date() })];
  }
}

/** A query with what of it is worth searching: hashes of flat pictures would match everything. */
interface Query extends Searched {
  readonly requestId: string;
  readonly hashes: HashSet;
  readonly unscannable: UnscannableReason | null;
}

function queryOf(requestId: string, hashes: HashSet, unscannable: UnscannableReason | null): Query {
  const pdq = unscannable ? [] : usablePdq(hashes);
  const reason = unscannable ?? (hashes.pdq?.length && pdq.length === 0 ? 'flat' : null);
  const probes = pdq.map((hash) => ({ ...hash, negative: false }));
  const blockhashes = reason ? [] : usableBlockhashes(hashes);
  return { requestId, hashes, pdq: probes, blockhashes, digests: hashes, unscannable: reason };
}

/** Upright and in other orientations, of which a caller may have sent any: each is judged, and none stands without the upright one. */
function usableBlockhashes({ blockhash, turnedBlockhashes = [] }: HashSet): TurnedBlockhash[] {
  if (!blockhash || isDegenerate(blockhash)) return [];
  return [{ value: blockhash, orientation: 'identity' }, ...turnedBlockhashes.filter(({ value }) => !isDegenerate(value))];
}

function usablePdq({ pdq }: HashSet): PdqVariant[] {
  return (pdq ?? []).filter(({ value, quality }) => (quality ?? minimumQuality) >= minimumQuality && !isDegenerate(value));
}

/**
 * Of a query too flat to be matched only the quality is told beside its digests: its hashes would match every other. By assignment: a literal of
 * conditional parts took ten times as long, 5 % of a batch.
 */
function shown(query: Query | undefined): ShownHashes {
  const { pdq, blockhash, md5, sha1, sha256 } = query?.hashes ?? {};
  const isTelling = !query?.unscannable;
  const first = pdq?.find(({ orientation, variant }) => orientation === 'identity' && variant === 'full') ?? pdq?.[0];
  const hashes: { -readonly [Name in keyof ShownHashes]: ShownHashes[Name] } = {};
  if (first && isTelling) hashes.pdq = first.value;
  if (first?.quality !== undefined) hashes.quality = first.quality;
  if (blockhash !== undefined && isTelling) hashes.blockhash = blockhash;
  if (md5 !== undefined) hashes.md5 = md5;
  if (sha1 !== undefined) hashes.sha1 = sha1;
  if (sha256 !== undefined) hashes.sha256 = sha256;
  return hashes;
}
