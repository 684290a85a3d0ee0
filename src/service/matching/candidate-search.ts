import { fullVariant, isRegion } from '../../domain/hash.js';
import type { Radii } from '../../domain/list.js';
import type { Candidate, Hit } from '../../domain/verdict.js';
import type { HashIndex, Lists } from '../../index/hash-index.js';
import { candidateOf, turnedBack } from './candidate.js';
import { closerLook } from './closer-look.js';
import { EqualFinds } from './equal-finds.js';
import { farCandidate, farFromSimple } from './far-matches.js';
import { type HoldRadii, noHoldRadii } from './hold-radii.js';
import type { Probe, Searched } from './query.js';

type Take = (hit: Hit, probe: Probe) => Candidate | undefined;

/** Probes of many queries: one search for all of them spreads over the workers. */
class Batch {
  readonly probes: Probe[] = [];
  private readonly owners: number[] = [];

  add(owner: number, probe: Probe): void {
    this.owners.push(owner);
    this.probes.push(probe);
  }

  values(): Uint8Array[] {
    return this.probes.map(({ value }) => value);
  }

  collect(found: readonly Hit[][], into: readonly Candidate[][], take: Take = candidateOf): void {
    const seen = new Map<number, EqualFinds>();
    for (const [at, probe] of this.probes.entries()) {
      const hits = found[at] ?? [];
      if (hits.length === 0) continue;
      const owner = this.owners[at] ?? 0;
      const finds = seen.get(owner) ?? new EqualFinds();
      seen.set(owner, finds);
      for (const hit of finds.fresh(probe, hits)) {
        const candidate = take(hit, probe);
        if (candidate) into[owner]?.push(candidate);
      }
    }
  }
}

export interface SearchOptions {
  readonly lists?: Lists | undefined;
  /** Without them, nothing beyond `radii` is found. */
  readonly holdRadii?: HoldRadii;
  /** How many hits the index found. Equal ones are dropped, but each has become an object. */
  readonly onHits?: ((count: number) => void) | undefined;
}

/**
 * One array per query, of entries in `lists` only: the time of an answer must not tell what other lists hold. Entries that were found
 * by a part or an edit also have candidates beyond all radii, which only corroborate (closer-look.ts).
 */
export async function searchCandidates(
  index: HashIndex,
  queries: readonly Searched[],
  radii: Radii,
  { lists, holdRadii = noHoldRadii, onHits }: SearchOptions = {},
): Promise<Candidate[][]> {
  const [wholes, far, regions, blockhashes] = [new Batch(), new Batch(), new Batch(), new Batch()];
  const farRadius = Math.max(radii.pdq, holdRadii.widest);
  for (const [owner, { pdq, blockhash }] of queries.entries()) {
    for (const probe of pdq) {
      const ofWholes = probe.reachesFar && farRadius > radii.pdq ? far : wholes;
      (isRegion(probe.variant) ? regions : ofWholes).add(owner, probe);
      // A list may know only a part of the picture.
      if (isAsItIs(probe)) regions.add(owner, probe);
    }
    const [upright] = blockhash;
    if (upright) blockhashes.add(owner, upright);
  }
  const searches: Searches<Hit[][] | Promise<Hit[][]>> = [
    index.search('pdq', wholes.values(), radii.pdq, lists),
    far.probes.length > 0 ? index.search('pdq', far.values(), farRadius, lists) : [],
    regions.probes.length > 0 ? index.search('region', regions.values(), radii.pdq, lists) : [],
    index.search('blockhash', blockhashes.values(), radii.blockhash, lists),
    lookUp(index, queries, lists),
  ];
  const [byWhole, byFar, byRegion, byBlockhash, byEquality] = areThere(searches) ? searches : await Promise.all(searches);
  onHits?.(countOf(byWhole) + countOf(byFar) + countOf(byRegion) + countOf(byBlockhash));
  const candidates = byEquality.map((hits) => hits.map((hit) => candidateOf(hit, equal)));
  wholes.collect(byWhole, candidates);
  far.collect(byFar, candidates, (hit, probe) => farCandidate(hit, probe, radii.pdq, holdRadii));
  regions.collect(byRegion, candidates);
  blockhashes.collect(byBlockhash, candidates);
  for (const [at, query] of queries.entries()) {
    const ofQuery = candidates[at];
    if (!ofQuery) continue;
    if (query.blockhash.length > 1) await addTurnedBlockhashes(index, query, ofQuery, radii.blockhash, lists);
    const simple = farFromSimple(index, ofQuery);
    drop(ofQuery, simple instanceof Promise ? await simple : simple);
    const looked = closerLook(index, query.pdq, ofQuery);
    ofQuery.push(...(looked instanceof Promise ? await looked : looked));
  }
  return candidates;
}

function drop(candidates: Candidate[], dropped: ReadonlySet<Candidate>): void {
  if (dropped.size > 0) candidates.splice(0, candidates.length, ...candidates.filter((one) => !dropped.has(one)));
}

function countOf(found: readonly Hit[][]): number {
  return found.reduce((count, hits) => count + hits.length, 0);
}

function isAsItIs({ variant, orientation, negative }: Probe): boolean {
  return variant === fullVariant && orientation === 'identity' && !negative;
}

type Searches<Answer> = readonly [byWhole: Answer, byFar: Answer, byRegion: Answer, byBlockhash: Answer, byEquality: Answer];

function areThere(searches: Searches<Hit[][] | Promise<Hit[][]>>): searches is Searches<Hit[][]> {
  return !searches.some((answer) => answer instanceof Promise);
}

/** At once for queries without an exact hash. */
function lookUp(index: HashIndex, queries: readonly Searched[], lists: Lists | undefined): Hit[][] | Promise<Hit[][]> {
  if (queries.every(({ exact }) => exact.length === 0)) return queries.map(() => []);
  return Promise.all(queries.map(({ exact }) => index.lookup(exact, lists)));
}

/** Only in orientations where PDQ found something: none for most images. */
async function addTurnedBlockhashes(
  index: HashIndex,
  { blockhash }: Searched,
  candidates: Candidate[],
  radius: number,
  lists: Lists | undefined,
): Promise<void> {
  const found = new Set(candidates.filter(({ negative }) => !negative).map(({ orientation }) => orientation));
  const turned = new Batch();
  for (const probe of blockhash.slice(1)) if (found.has(turnedBack(probe.orientation))) turned.add(0, probe);
  if (turned.probes.length > 0) turned.collect(await index.search('blockhash', turned.values(), radius, lists), [candidates]);
}

const equal = { orientation: 'identity', negative: false, quality: null, variant: fullVariant } as const;
