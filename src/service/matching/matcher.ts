/**
 * The hot path, by its shapes:
 *
 *   HashSet         hex, from the request or the image hasher          domain/hash.ts
 *   Query           Probes and ExactHashes: bytes to search            query.ts
 *   Hit             a stored hash that the index found                 domain/verdict.ts
 *   Candidate       a hit with what its probe knows                    domain/verdict.ts
 *   Evaluation      a candidate with what its list makes of it         domain/match-evaluation.ts
 *   Match           an evaluation as verdicts show it                  domain/verdict.ts
 *   DisclosedMatch  a match as its caller may see it                   domain/match-disclosure.ts
 */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { matchesOfEntries } from '../../domain/entry-matches.js';
import { VigieError } from '../../domain/errors.js';
import type { HashSet } from '../../domain/hash.js';
import type { Caller } from '../../domain/key.js';
import type { List } from '../../domain/list.js';
import { type Removal, removalOf } from '../../domain/obligations.js';
import { decide } from '../../domain/policy.js';
import { type Candidate, type Decision, isRemoval, type Match, type VerdictName } from '../../domain/verdict.js';
import type { LookedFrames } from '../../imaging/protocol.js';
import type { HashIndex } from '../../index/hash-index.js';
import type { VerdictRecord } from '../../store/verdicts.js';
import type { FloodGuard } from '../abuse/flood-guard.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';
import type { CanaryWatch } from '../exports/canary-watch.js';
import type { LegalRequestCache } from '../legal/legal-request-cache.js';
import type { ListCache } from '../lists/list-cache.js';
import type { QuerySample } from '../recall-check/query-sample.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import { searchCandidates } from './candidate-search.js';
import type { EntryNames } from './entry-names.js';
import { HoldRadiusCache } from './hold-radii.js';
import type { ImageHasher } from './image-hasher.js';
import type { LongWork, Slices } from './long-work.js';
import { PartSize } from './part-size.js';
import { type Query, queryOfHashes, queryOfImage, type ShownHashes, shownHashes } from './query.js';
import type { QueryRetention } from './query-retention.js';
import type { VerdictLog } from './verdict-log.js';
import { recordOf } from './verdict-record.js';

export interface Verdict extends Decision {
  readonly requestId: string;
  readonly removal: Removal | null;
  readonly hashes: ShownHashes;
  /** Of a match of an image: the frames or pages that were hashed, and all of them. Null for hashes and unreadable files. */
  readonly frames: LookedFrames | null;
  readonly index: { readonly version: string; readonly ageMs: number };
  readonly policy: { readonly version: string };
}

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
  readonly canaryWatch: Pick<CanaryWatch, 'note'>;
  readonly queryRetention: Pick<QueryRetention, 'offer'>;
  readonly longWork: LongWork;
  readonly recentQueries?: QuerySample | undefined;
}

export interface FoundEntries {
  readonly verdict: Verdict;
  /** All entries that match, by their own ids. A verdict shows one per list. */
  readonly entries: readonly Match[];
}

/** What comes out of judging besides verdicts. */
interface Ledger {
  /** To commit before the reply. */
  readonly records: VerdictRecord[];
  /** If present, takes the entries that match. */
  readonly entries?: Match[];
}

/** Of a request that others must not wait for. */
interface Pace {
  readonly slices: Slices;
  readonly size: PartSize;
}

interface Judging {
  readonly lists: ReadonlyMap<string, List>;
  readonly index: Verdict['index'];
  readonly policy: Verdict['policy'];
}

export class Matcher {
  private readonly holdRadii: HoldRadiusCache;

  constructor(private readonly parts: MatchParts) {
    this.holdRadii = new HoldRadiusCache(parts.index);
  }

  /** @throws VigieError `no_lists`, `index_unavailable`, `overloaded`. */
  async matchHashes(caller: Caller, requestId: string, hashes: HashSet): Promise<Verdict> {
    const [verdict] = await this.matchMany(caller, [{ requestId, hashes }]);
    if (!verdict) throw new Error('a query was given no verdict');
    return verdict;
  }

  /** With every entry that matches. @throws as `matchHashes`. */
  async findEntries(caller: Caller, requestId: string, hashes: HashSet): Promise<FoundEntries> {
    this.admit(caller);
    return this.find(caller, queryOfHashes(requestId, hashes));
  }

  /** With every entry that matches. @throws as `matchHashes`. */
  async findEntriesOfImage(caller: Caller, requestId: string, bytes: Uint8Array, signal?: AbortSignal): Promise<FoundEntries> {
    return this.find(caller, await this.queryOf(caller, requestId, bytes, signal));
  }

  /** One verdict per item, in order. `slices`: of the request. @throws as `matchHashes`. */
  async matchMany(caller: Caller, items: readonly { requestId: string; hashes: HashSet }[], slices?: Slices): Promise<Verdict[]> {
    const { longWork } = this.parts;
    this.admit(caller);
    const since = performance.now();
    const isTimed = items.length >= minTimed && this.parts.listCache.matchable(caller.organisation).hidesOthers;
    const verdicts: Verdict[] = [];
    const ledger: Ledger = { records: [] };
    const pace = isShort(items) ? undefined : { slices: slices ?? longWork.begin(caller.organisation), size: new PartSize() };
    for (let first = 0; first < items.length; ) {
      const end = endOfPart(items, first, pace?.size.hashes ?? 1);
      const queries = items.slice(first, end).map(({ requestId, hashes }) => queryOfHashes(requestId, hashes));
      const judged = pace
        ? await longWork.part(caller.organisation, () => this.judge(caller, queries, ledger, pace))
        : await this.judge(caller, queries, ledger);
      for (const verdict of judged) verdicts.push(verdict);
      first = end;
    }
    // Not earlier: if a later part fails, nothing is answered.
    if (ledger.records.length > 0) await this.record(ledger);
    if (isTimed) await waitForStep(since, items.length * minMsPerQuery);
    return verdicts;
  }

  /** @throws as `matchHashes`. */
  async matchImage(caller: Caller, requestId: string, bytes: Uint8Array, signal?: AbortSignal): Promise<Verdict> {
    return (await this.find(caller, await this.queryOf(caller, requestId, bytes, signal))).verdict;
  }

  private async queryOf(caller: Caller, requestId: string, bytes: Uint8Array, signal?: AbortSignal): Promise<Query> {
    this.admit(caller);
    const query = queryOfImage(requestId, await this.parts.hasher.hash(bytes, signal, 'query', caller.organisation));
    signal?.throwIfAborted();
    return query;
  }

  private async find(caller: Caller, query: Query): Promise<FoundEntries> {
    const ledger: Required<Ledger> = { records: [], entries: [] };
    const [verdict] = await this.judge(caller, [query], ledger);
    if (!verdict) throw new Error('a query was given no verdict');
    if (ledger.records.length > 0) await this.record(ledger);
    return { verdict, entries: ledger.entries };
  }

  /** @throws VigieError `no_lists`, `index_unavailable`. */
  admit({ organisation }: Caller): void {
    this.parts.follower.assertUsable();
    this.parts.listCache.matchable(organisation);
  }

  private async judge(caller: Caller, queries: readonly Query[], ledger: Ledger, pace?: Pace): Promise<Verdict[]> {
    const { follower, listCache } = this.parts;
    const { organisation } = caller;
    // Again: it may have changed while an image was hashed.
    follower.assertUsable();
    const { loads } = follower;
    const { ageMs } = follower.freshness();
    const { lists, radii, version } = listCache.matchable(organisation);
    for (const query of queries) this.offer(caller, query);
    const onHits = pace && ((hits: number) => pace.size.found(hits, sum(queries.map(({ pdq }) => pdq))));
    const holdRadii = this.holdRadii.of(lists);
    const candidates = await searchCandidates(this.parts.index, queries, radii, { lists, holdRadii, onHits });
    if (follower.loads !== loads) throw new VigieError('index_unavailable', 'the index was reloaded during the search; retry', 1);
    const judging = { lists, index: { version: listCache.versionFor(organisation), ageMs }, policy: { version } };
    const verdicts: Verdict[] = [];
    for (const [at, query] of queries.entries()) {
      if (pace?.slices.isOver) await pace.slices.next();
      verdicts.push(this.verdictOf(caller, query, candidates[at] ?? [], judging, ledger));
    }
    return verdicts;
  }

  private verdictOf(
    caller: Caller,
    query: Query,
    candidates: readonly Candidate[],
    { lists, index, policy }: Judging,
    { records, entries }: Ledger,
  ): Verdict {
    const { requestId, unscannable, frames } = query;
    const hashes = shownHashes(query);
    // Saves nearly all queries a fortieth of their time.
    if (candidates.length === 0 && !unscannable) {
      this.parts.verdictLog.count();
      return { requestId, ...nothingKnown, hashes, frames, index, policy };
    }
    this.parts.canaryWatch.note(candidates, caller);
    const { organisation } = caller;
    const { removing, standing, ...decision } = decide(candidates, { lists, organisation, unscannable });
    if (entries) entries.push(...matchesOfEntries(standing));
    const removal = this.removalOf(organisation, decision.verdict, removing);
    const verdict = { requestId, ...decision, removal, hashes, frames, index, policy };
    if (decision.verdict === 'no_known_match') this.parts.verdictLog.count();
    else {
      records.push(recordOf(caller, verdict, candidates, lists));
      this.parts.floodGuard.note(decision.matches, organisation, hashes);
    }
    return { ...verdict, matches: this.named(organisation, decision.matches) };
  }

  private offer({ organisation }: Caller, { usable }: Query): void {
    this.parts.recentQueries?.offer(usable);
    this.parts.queryRetention.offer(organisation, usable);
  }

  private removalOf(organisation: string, verdict: VerdictName, removing: readonly Match[]): Removal | null {
    if (!isRemoval(verdict)) return null;
    const regimes = this.parts.organisationCache.get(organisation)?.regimes ?? [];
    return removalOf(verdict, removing, regimes, Date.now(), this.parts.legalRequestCache.obligationsFor(organisation, removing));
  }

  private named(organisation: string, matches: readonly Match[]): readonly Match[] {
    if (matches.length === 0) return matches;
    return matches.map((match) => ({ ...match, entry: this.parts.names.show(organisation, match) }));
  }

  private async record({ records }: Ledger): Promise<void> {
    await Promise.all(records.map((record) => this.parts.verdictLog.record(record)));
  }
}

/** A batch would add up the microseconds that hidden entries cost, so it ends at a multiple of a time that depends on its size only. */
async function waitForStep(since: number, step: number): Promise<void> {
  await waitUntil(since + Math.ceil((performance.now() - since) / step) * step);
}

/**
 * A timer alone waits whole milliseconds from the end of the work, and so tells when the work ended: one hidden entry near 200 queries
 * showed as 151 us.
 */
async function waitUntil(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > timerMs) await sleep(left - timerMs);
  while (performance.now() < time) await turn();
}

const nothingKnown = { verdict: 'no_known_match', reason: null, matches: [], removal: null } as const;

/** Below, hidden entries cost less than a timer is exact. */
const minTimed = 8;
/** A timer is late by up to one. */
const timerMs = 2;
/** Several times what a query takes that is near 30 hidden entries (bench/guard/timing.ts). */
const minMsPerQuery = 0.03;

/** More may find a thousand hashes each. */
const maxShort = 8;

function isShort(items: readonly { hashes: HashSet }[]): boolean {
  return items.length === 1 && (items[0]?.hashes.pdq?.length ?? 0) <= maxShort;
}

/** End of the items searched together from `first` on. */
function endOfPart(items: readonly { hashes: HashSet }[], first: number, maxHashes: number): number {
  let end = first;
  for (let count = 0; end < items.length; end++) {
    count += items[end]?.hashes.pdq?.length ?? 0;
    if (count > maxHashes && end > first) break;
  }
  return end;
}

function sum(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((count, { length }) => count + length, 0);
}
