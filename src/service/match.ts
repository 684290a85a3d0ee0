/** The hot path: hashes or an image in, a verdict out. */
import { isDegenerate } from '../domain/degenerate.js';
import { type HashSet, minimumQuality, type Orientation, type PdqVariant } from '../domain/hash.js';
import type { Caller } from '../domain/key.js';
import type { List } from '../domain/list.js';
import { decide } from '../domain/policy.js';
import type { Decision, Hit, Sighting, UnscannableReason } from '../domain/verdict.js';
import type { HashIndex } from '../index/hash-index.js';
import type { HashedImage, ImageHasher } from './hash-image.js';
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
  readonly live: Pick<Live, 'assertUsable' | 'freshness'>;
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
    const lists = this.admit();
    return this.answer(caller, requestId, hashes, lists, hashes.pdq?.length && !usable(hashes) ? 'flat' : null);
  }

  /** As `matchHashes`, for the bytes of an image; `signal` drops it from the queue when nobody waits any more. */
  async matchImage(caller: Caller, requestId: string, bytes: Uint8Array, signal?: AbortSignal): Promise<Verdict> {
    const lists = this.admit();
    const image: HashedImage = await this.parts.hasher.hash(bytes, signal);
    return this.answer(caller, requestId, image.hashes, lists, image.unscannable);
  }

  /** Refuses before any work what could not be answered after it. @throws VigieError `no_lists`, `index_unavailable`. */
  admit(): ReadonlyMap<string, List> {
    this.parts.live.assertUsable();
    return this.parts.listBook.matchable();
  }

  private async answer(
    caller: Caller,
    requestId: string,
    hashes: HashSet,
    lists: ReadonlyMap<string, List>,
    unscannable: UnscannableReason | null,
  ): Promise<Verdict> {
    const freshness = this.parts.live.freshness();
    const sightings = await this.sightings(hashes, lists, unscannable);
    // Again: an index that began to load anew meanwhile may have left something out.
    this.parts.live.assertUsable();
    const decision = decide(sightings, lists, unscannable);
    await this.account(caller, requestId, decision, freshness.version);
    return { requestId, ...decision, hashes: shown(hashes), index: freshness };
  }

  private async sightings(hashes: HashSet, lists: ReadonlyMap<string, List>, unscannable: string | null): Promise<Sighting[]> {
    const { index } = this.parts;
    const radii = searchRadii(lists);
    const pdq = unscannable ? [] : usablePdq(hashes);
    this.parts.recentQueries?.offer(pdq);
    const blockhash = !unscannable && hashes.blockhash && !isDegenerate(hashes.blockhash) ? [hashes.blockhash] : [];
    const digests = [hashes.md5, hashes.sha1, hashes.sha256].filter((digest) => digest !== undefined);
    const [byPdq, byBlockhash, byDigest] = await Promise.all([
      index.search(
        'pdq',
        pdq.map(({ value }) => value),
        radii.pdq,
      ),
      index.search('blockhash', blockhash, radii.blockhash),
      index.lookup(digests.map((digest) => Buffer.from(digest, 'hex'))),
    ]);
    return [
      ...byPdq.flatMap((hits, at) => hits.map((hit) => sightingByPdq(hit, pdq[at]))),
      ...[...byBlockhash.flat(), ...byDigest].map((hit) => sightingOf(hit)),
    ];
  }

  private async account(caller: Caller, requestId: string, decision: Decision, indexVersion: string): Promise<void> {
    const { verdictLog } = this.parts;
    if (decision.verdict === 'no_known_match') return verdictLog.count();
    const { verdict, reason, matches } = decision;
    const { key, organisation } = caller;
    await verdictLog.record({ requestId, key, organisation, verdict, reason, matches, indexVersion, answeredAt: new Date() });
  }
}

function usablePdq({ pdq }: HashSet): PdqVariant[] {
  return (pdq ?? []).filter(({ value, quality }) => (quality ?? minimumQuality) >= minimumQuality && !isDegenerate(value));
}

function usable(hashes: HashSet): boolean {
  return usablePdq(hashes).length > 0;
}

function sightingOf(hit: Hit): Sighting {
  return { ...hit, orientation: 'identity', queryQuality: null, queryVariant: 'full' };
}

function sightingByPdq(hit: Hit, query: PdqVariant | undefined): Sighting {
  if (!query) return sightingOf(hit);
  const orientation = turnedBack[query.orientation] ?? query.orientation;
  return { ...hit, orientation, queryQuality: query.quality ?? null, queryVariant: query.variant };
}

function shown({ pdq, blockhash, md5, sha1, sha256 }: HashSet): ShownHashes {
  const first = pdq?.find(({ orientation, variant }) => orientation === 'identity' && variant === 'full') ?? pdq?.[0];
  const hashes = { pdq: first?.value, quality: first?.quality, blockhash, md5, sha1, sha256 };
  return Object.fromEntries(Object.entries(hashes).filter(([, value]) => value !== undefined));
}
