/** The hot path: hashes or an image in, a verdict out. */
import { type Algorithm, exactAlgorithms } from '../../domain/algorithms/registry.js';
import { isDegenerate } from '../../domain/degenerate.js';
import { VigieError } from '../../domain/errors.js';
import { type HashSet, minimumQuality, type PdqVariant, type TurnedBlockhash } from '../../domain/hash.js';
import type { Caller } from '../../domain/key.js';
import type { List } from '../../domain/list.js';
import { isRemoval, removalOf } from '../../domain/obligations.js';
import { decide } from '../../domain/policy.js';
import type { Candidate, Decision, Match, Removal, UnscannableReason, VerdictName } from '../../domain/verdict.js';
import type { HashIndex } from '../../index/hash-index.js';
import type { Evidence, VerdictRecord } from '../../store/verdicts.js';
import type { FloodGuard } from '../abuse/flood-guard.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';
import type { LegalRequestCache } from '../legal/legal-request-cache.js';
import type { ListCache } from '../lists/list-cache.js';
import type { QuerySample } from '../recall-check/query-sample.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import { type Searched, searchCandidates, withNegatives } from './candidate-search.js';
import type { EntryNames } from './entry-names.js';
import type { ImageHasher } from './image-hasher.js';
import type { QueryRetention } from './query-retention.js';
import type { VerdictLog } from './verdict-log.js';

/** A verdict as it goes out. */
export interface Verdict extends Decision {
  readonly requestId: string;
  readonly removal: Removal | null;
  readonly hashes: ShownHashes;
  readonly index: { readonly version: string; readonly ageMs: number };
  /** Names the lists that judged, each in its version. */
  readonly policy: { readonly version: string };
}

/** The query's own hashes, in short: the PDQ of the image as it is, and its quality. */
export type ShownHashes = { readonly [Name in Algorithm]?: string } & { readonly quality?: number };

export interface MatchParts {
  readonly index: HashIndex;
  readonly listCache: ListCache;
  readonly follower: Pick<ChangeFeedFollower, 'assertUsable' | 'freshness' | 'loads'>;
  readonly hasher: ImageHasher;
  readonly verdictLog: VerdictLog;
  readonly names: EntryNames;
  readonly organisationCache: Pick<OrganisationCache, 'get'>;
  readonly legalRequestCache: Pick<LegalRequestCache, 'obligationsFor'>;
  readonly floodGuard: Pick<FloodGuard, 'note'>;
  readonly queryRetention: Pick<QueryRetention, 'offer'>;
  /** Given: a sample of the PDQ hashes asked for is kept in memory for the recall audit. */
  readonly recentQueries?: QuerySample | undefined;
}

export class Matcher {
  constructor(private readonly parts: MatchParts) {}

  /** @throws VigieError `no_lists`, `index_unavailable`, `overloaded`. */
  async matchHashes(caller: Caller, requestId: string, hashes: HashSet): Promise<Verdict> {
    const [verdict] = await this.matchMany(caller, [{ requestId, hashes }]);
    if (!verdict) throw new Error('a query was given no verdict');
    return verdict;
  }

  /** Many at once, answered in order: one search an algorithm for each part of them, which spreads over the workers. @throws as `matchHashes`. */
  async matchMany(caller: Caller, items: readonly { requestId: string; hashes: HashSet }[]): Promise<Verdict[]> {
    this.admit(caller);
    const verdicts: Verdict[] = [];
    const records: VerdictRecord[] = [];
    for (let first = 0; first < items.length; ) {
      const end = endOfPart(items, first);
      const queries = items.slice(first, end).map(({ requestId, hashes }) => queryOf(requestId, hashes, null));
      for (const verdict of await this.judge(caller, queries, records)) verdicts.push(verdict);
      first = end;
    }
    if (records.length > 0) await this.record(records);
    return verdicts;
  }

  /** As `matchHashes`, for the bytes of an image; `signal` drops it from the queue when nobody waits any more. */
  async matchImage(caller: Caller, requestId: string, bytes: Uint8Array, signal?: AbortSignal): Promise<Verdict> {
    this.admit(caller);
    const { hashes, unscannable } = await this.parts.hasher.hash(bytes, signal);
    signal?.throwIfAborted();
    const query = queryOf(requestId, hashes, unscannable);
    const records: VerdictRecord[] = [];
    const [verdict] = await this.judge(caller, [{ ...query, pdq: withNegatives(query.pdq) }], records);
    if (!verdict) throw new Error('an image was given no verdict');
    if (records.length > 0) await this.record(records);
    return verdict;
  }

  /** Refuses before any work what could not be answered after it. @throws VigieError `no_lists`, `index_unavailable`. */
  admit({ organisation }: Caller): void {
    this.parts.follower.assertUsable();
    this.parts.listCache.matchable(organisation);
  }

  /** What is to be committed before the reply is added to `records`: nothing is, as long as a part of a batch may still fail. */
  private async judge(caller: Caller, queries: readonly Query[], records: VerdictRecord[]): Promise<Verdict[]> {
    const { follower, listCache } = this.parts;
    const { organisation } = caller;
    // Hashing an image takes its time: what was usable before it may not be now.
    follower.assertUsable();
    const { loads } = follower;
    const { ageMs } = follower.freshness();
    // As they are now: one may have been disabled while an image was hashed.
    const { lists, radii, version: policyVersion } = listCache.matchable(organisation);
    for (const query of queries) this.offer(caller, query);
    const candidates = await searchCandidates(this.parts.index, queries, radii);
    if (follower.loads !== loads) throw new VigieError('index_unavailable', 'the index was loaded anew meanwhile; retry', 1);
    const index = { version: listCache.versionFor(organisation), ageMs };
    const policy = { version: policyVersion };
    return queries.map((query, at) => {
      const seen = candidates[at] ?? [];
      const { requestId, unscannable } = query;
      // Nearly all of them: spared what there is to spare, a fortieth of a hash match.
      if (seen.length === 0 && !unscannable) {
        this.parts.verdictLog.count();
        return { requestId, ...nothingKnown, hashes: shown(query), index, policy };
      }
      const { removing, ...decision } = decide(seen, { lists, organisation, unscannable });
      const removal = this.removalOf(organisation, decision.verdict, removing);
      if (decision.verdict === 'no_known_match') this.parts.verdictLog.count();
      else
        records.push(
          recordOf(caller, requestId, { ...decision, removal }, evidenceOf(seen, decision.matches, lists), index.version),
        );
      const matches = this.named(organisation, decision);
      return { requestId, ...decision, matches, removal, hashes: shown(query), index, policy };
    });
  }

  private offer({ organisation }: Caller, { pdq }: Query): void {
    this.parts.recentQueries?.offer(pdq);
    this.parts.queryRetention.offer(organisation, pdq);
  }

  /** What the caller's own choice of legal regimes, and its open orders, make of a removal. */
  private removalOf(organisation: string, verdict: VerdictName, removing: readonly Match[]): Removal | null {
    if (!isRemoval(verdict)) return null;
    const regimes = this.parts.organisationCache.get(organisation)?.regimes ?? [];
    return removalOf(verdict, removing, regimes, Date.now(), this.parts.legalRequestCache.obligationsFor(organisation, removing));
  }

  /** Matches as the caller is told them. */
  private named(organisation: string, { matches }: Decision): Decision['matches'] {
    if (matches.length === 0) return matches;
    return matches.map((match) => ({ ...match, entry: this.parts.names.show(organisation, match) }));
  }

  private async record(records: readonly VerdictRecord[]): Promise<void> {
    for (const { matches } of records) this.parts.floodGuard.note(matches);
    await Promise.all(records.map((record) => this.parts.verdictLog.record(record)));
  }
}

function recordOf(
  { key, organisation }: Caller,
  requestId: string,
  { verdict, reason, matches, removal }: Decision & Pick<Verdict, 'removal'>,
  { evidence, policy }: Pick<VerdictRecord, 'evidence' | 'policy'>,
  indexVersion: string,
): VerdictRecord {
  const answer = { verdict, reason, matches, removal, evidence, policy };
  return { requestId, key, organisation, ...answer, indexVersion, answeredAt: new Date() };
}

/** PDQ hashes searched at once: a batch that meets a heap with every one would else hold what it found of all of them, a gigabyte. */
const maxAtOnce = 256;

/** Where the items end that are answered together from `first` on; one at least. */
function endOfPart(items: readonly { hashes: HashSet }[], first: number): number {
  let end = first;
  for (let count = 0; end < items.length; end++) {
    count += items[end]?.hashes.pdq?.length ?? 0;
    if (count > maxAtOnce && end > first) break;
  }
  return end;
}

const nothingKnown = { verdict: 'no_known_match', reason: null, matches: [], removal: null } as const;

/** Sightings kept of a verdict: one entry of 16 variants may be seen in some 40 ways. */
const maxEvidence = 64;

/** What a verdict was made of, first what decided it, then the nearest, and the versions of the lists it was judged by. */
function evidenceOf(
  seen: readonly Candidate[],
  matches: readonly Match[],
  lists: ReadonlyMap<string, List>,
): Pick<VerdictRecord, 'evidence' | 'policy'> {
  const policy: Record<string, number> = {};
  const kept: Evidence[] = [];
  const told = new Set(matches.map(({ entry }) => entry));
  const place = ({ entry, distance }: Candidate) => (told.has(entry.id) ? distance : distance + 1_000);
  for (const { ordinal: _, ...evidence } of seen.toSorted((a, b) => place(a) - place(b))) {
    const list = lists.get(evidence.entry.list);
    if (!list || kept.length >= maxEvidence) continue;
    policy[list.id] = list.version;
    kept.push(evidence);
  }
  return { evidence: kept, policy };
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
  return { requestId, hashes, pdq: probes, blockhashes, exact: hashes, unscannable: reason };
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
  const given: HashSet = query?.hashes ?? {};
  const { pdq, blockhash } = given;
  const isTelling = !query?.unscannable;
  const first = pdq?.find(({ orientation, variant }) => orientation === 'identity' && variant === 'full') ?? pdq?.[0];
  const hashes: { -readonly [Name in keyof ShownHashes]: ShownHashes[Name] } = {};
  if (first && isTelling) hashes.pdq = first.value;
  if (first?.quality !== undefined) hashes.quality = first.quality;
  if (blockhash !== undefined && isTelling) hashes.blockhash = blockhash;
  for (const algorithm of exactAlgorithms) {
    const hex = given[algorithm];
    if (hex !== undefined) hashes[algorithm] = hex;
  }
  return hashes;
}
