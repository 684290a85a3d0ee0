/** The hot path: hashes or an image in, a verdict out. */
import { isDegenerate } from '../domain/degenerate.js';
import { VigieError } from '../domain/errors.js';
import { type HashSet, minimumQuality, type Orientation, type PdqVariant, type TurnedBlockhash } from '../domain/hash.js';
import type { Caller } from '../domain/key.js';
import type { List } from '../domain/list.js';
import { decide } from '../domain/policy.js';
import type { Decision, Hit, Sighting, UnscannableReason } from '../domain/verdict.js';
import type { HashIndex } from '../index/hash-index.js';
import type { ImageHasher } from './hash-image.js';
import { type ListBook, searchRadii } from './list-book.js';
import type { Live } from './live.js';
import type { RecentQueries } from './recent-queries.js';
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

/** A hash of the query turned by `orientation` equals the entry's, so the entry turned back gives the query. */
const turnedBack: Readonly<Partial<Record<Orientation, Orientation>>> = { rotate90: 'rotate270', rotate270: 'rotate90' };

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
    const [verdict] = await this.answer(caller, lists, [queryOf(requestId, hashes, unscannable)]);
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
    const sightings = await this.sightings(queries, lists);
    if (live.loads !== loads) throw new VigieError('index_unavailable', 'the index was loaded anew meanwhile; retry', 1);
    const decisions = queries.map(({ unscannable }, at) => decide(sightings[at] ?? [], lists, unscannable));
    const records = decisions.flatMap((decision, at) =>
      this.account(caller, queries[at]?.requestId ?? '', decision, freshness.version),
    );
    if (records.length > 0) await Promise.all(records);
    return decisions.map((decision, at) => ({
      requestId: queries[at]?.requestId ?? '',
      ...decision,
      hashes: shown(queries[at]?.hashes ?? {}),
      index: freshness,
    }));
  }

  /** Everything known that lies near each query. */
  private async sightings(queries: readonly Query[], lists: ReadonlyMap<string, List>): Promise<Sighting[][]> {
    const { index, recentQueries } = this.parts;
    const radii = searchRadii(lists);
    const pdq: Asked<PdqVariant>[] = [];
    const blockhash: Asked<TurnedBlockhash>[] = [];
    for (const [owner, query] of queries.entries()) {
      recentQueries?.offer(query.pdq);
      for (const asked of query.pdq) pdq.push({ owner, asked });
      for (const asked of query.blockhash) blockhash.push({ owner, asked });
    }
    const [byPdq, byBlockhash, byDigest] = await Promise.all([
      index.search('pdq', pdq.map(valueAsked), radii.pdq),
      index.search('blockhash', blockhash.map(valueAsked), radii.blockhash),
      this.lookup(queries),
    ]);
    const sightings = byDigest.map((hits) => hits.map(sightingOf));
    for (const [at, { owner, asked }] of pdq.entries()) {
      for (const hit of byPdq[at] ?? []) sightings[owner]?.push(sightingByPdq(hit, asked));
    }
    for (const [at, { owner, asked }] of blockhash.entries()) {
      for (const hit of byBlockhash[at] ?? []) sightings[owner]?.push({ ...sightingOf(hit), orientation: turnOf(asked) });
    }
    return sightings;
  }

  /** What equals a digest of each query; most queries have none. */
  private async lookup(queries: readonly Query[]): Promise<Hit[][]> {
    const digests = queries.map(({ hashes }) => digestsOf(hashes));
    if (digests.every((ofQuery) => ofQuery.length === 0)) return digests.map(() => []);
    return Promise.all(digests.map((ofQuery) => this.parts.index.lookup(ofQuery)));
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

/** A hash asked for, and the number of the query it belongs to. */
interface Asked<Hash extends { readonly value: string }> {
  readonly owner: number;
  readonly asked: Hash;
}

const valueAsked = ({ asked }: Asked<{ readonly value: string }>): string => asked.value;

/** A query with what of it is worth searching: hashes of flat pictures would match everything. */
interface Query {
  readonly requestId: string;
  readonly hashes: HashSet;
  readonly pdq: readonly PdqVariant[];
  readonly blockhash: readonly TurnedBlockhash[];
  readonly unscannable: UnscannableReason | null;
}

function queryOf(requestId: string, hashes: HashSet, unscannable: UnscannableReason | null): Query {
  const pdq = unscannable ? [] : usablePdq(hashes);
  const reason = unscannable ?? (hashes.pdq?.length && pdq.length === 0 ? 'flat' : null);
  return { requestId, hashes, pdq, blockhash: reason ? [] : usableBlockhash(hashes), unscannable: reason };
}

/** Upright and, of an image, in the other seven orientations: all are made of the same blocks, so one tells whether they mean anything. */
function usableBlockhash({ blockhash, turnedBlockhashes = [] }: HashSet): TurnedBlockhash[] {
  if (!blockhash || isDegenerate(blockhash)) return [];
  return [{ value: blockhash, orientation: 'identity' }, ...turnedBlockhashes];
}

function usablePdq({ pdq }: HashSet): PdqVariant[] {
  return (pdq ?? []).filter(({ value, quality }) => (quality ?? minimumQuality) >= minimumQuality && !isDegenerate(value));
}

function digestsOf({ md5, sha1, sha256 }: HashSet): Uint8Array[] {
  const digests: Uint8Array[] = [];
  for (const digest of [md5, sha1, sha256]) if (digest !== undefined) digests.push(Buffer.from(digest, 'hex'));
  return digests;
}

function sightingOf(hit: Hit): Sighting {
  return { ...hit, orientation: 'identity', queryQuality: null, queryVariant: 'full' };
}

function turnOf({ orientation }: { readonly orientation: Orientation }): Orientation {
  return turnedBack[orientation] ?? orientation;
}

function sightingByPdq(hit: Hit, query: PdqVariant): Sighting {
  return { ...hit, orientation: turnOf(query), queryQuality: query.quality ?? null, queryVariant: query.variant };
}

/** By assignment: a literal of conditional parts took ten times as long, 5 % of a batch. */
function shown({ pdq, blockhash, md5, sha1, sha256 }: HashSet): ShownHashes {
  const first = pdq?.find(({ orientation, variant }) => orientation === 'identity' && variant === 'full') ?? pdq?.[0];
  const hashes: { -readonly [Name in keyof ShownHashes]: ShownHashes[Name] } = {};
  if (first) hashes.pdq = first.value;
  if (first?.quality !== undefined) hashes.quality = first.quality;
  if (blockhash !== undefined) hashes.blockhash = blockhash;
  if (md5 !== undefined) hashes.md5 = md5;
  if (sha1 !== undefined) hashes.sha1 = sha1;
  if (sha256 !== undefined) hashes.sha256 = sha256;
  return hashes;
}
