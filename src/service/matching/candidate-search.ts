/** From the hashes of queries to everything known that lies near them. */
import { exactAlgorithms } from '../../domain/algorithms/registry.js';
import {
  complementOf,
  type ExactHash,
  type ExactHashes,
  fullVariant,
  isLaterFrame,
  isRegion,
  isWholePicture,
  type Orientation,
  type PdqVariant,
  type TurnedBlockhash,
  unprofiledVariant,
} from '../../domain/hash.js';
import type { Radii } from '../../domain/list.js';
import type { Candidate, Hit } from '../../domain/verdict.js';
import type { HashIndex } from '../../index/hash-index.js';

/** One PDQ hash to search. */
export interface Probe extends PdqVariant {
  readonly negative: boolean;
}

/** What is searched for one query. */
export interface Searched {
  readonly pdq: readonly Probe[];
  /** The first, upright, is always asked; others only where PDQ found that orientation, to bear it out. */
  readonly blockhashes: readonly TurnedBlockhash[];
  readonly exact: ExactHashes;
}

/** A hash of the query turned by `orientation` equals the entry's, so the entry turned back gives the query. */
const turnedBack: Readonly<Partial<Record<Orientation, Orientation>>> = { rotate90: 'rotate270', rotate270: 'rotate90' };

/** PDQ searches for one image. A picture in a frame takes 59, and about 45 is usual; two frames, a picture askew and an animation would take 107. */
export const maxProbes = 64;

/**
 * The searches for one image: its hashes, and the complements of those of whole pictures, which are the hashes of their negatives: one search more
 * each. Beyond `mostProbes` those that `priority` puts last are left out.
 */
export function withNegatives(hashes: readonly PdqVariant[]): Probe[] {
  const probes = hashes.flatMap((hash): Probe[] => {
    const positive = { ...hash, negative: false };
    if (!isWholePicture(hash.variant)) return [positive];
    return [positive, { ...hash, value: complementOf(hash.value), negative: true }];
  });
  if (probes.length <= maxProbes) return probes;
  return probes.toSorted((a, b) => priority(a) - priority(b)).slice(0, maxProbes);
}

/**
 * The whole and its negative; the whole without its profile, and later frames; what was in a frame or askew; parts; regions, of which two must agree; and last negatives of what
 * was in a frame or askew, two edits at once.
 */
function priority({ variant, negative }: Probe): number {
  if (variant === fullVariant) return 0;
  if (isLaterFrame(variant)) return 1;
  if (variant === unprofiledVariant) return negative ? 5 : 1;
  if (negative) return 5;
  if (isWholePicture(variant)) return 2;
  return isRegion(variant) ? 4 : 3;
}

/** A hash asked for, and the number of the query it belongs to. */
interface Asked<Hash extends { readonly value: string }> {
  readonly owner: number;
  readonly asked: Hash;
}

const valueAsked = ({ asked }: Asked<{ readonly value: string }>): string => asked.value;

/** Everything known that lies near each query: one search a kind of hash for all of them, which spreads over the workers. */
export async function searchCandidates(index: HashIndex, queries: readonly Searched[], radii: Radii): Promise<Candidate[][]> {
  const wholes: Asked<Probe>[] = [];
  const regions: Asked<Probe>[] = [];
  const blockhashes: Asked<TurnedBlockhash>[] = [];
  for (const [owner, { pdq, blockhashes: turns }] of queries.entries()) {
    const [upright] = turns;
    for (const asked of pdq) {
      (isRegion(asked.variant) ? regions : wholes).push({ owner, asked });
      // A copy may be what is left of the picture, and a list may know no more of it than a part.
      if (isAsItIs(asked)) regions.push({ owner, asked });
    }
    if (upright) blockhashes.push({ owner, asked: upright });
  }
  const searches: Searches<Hit[][] | Promise<Hit[][]>> = [
    index.search('pdq', wholes.map(valueAsked), radii.pdq),
    regions.length > 0 ? index.search('region', regions.map(valueAsked), radii.pdq) : [],
    index.search('blockhash', blockhashes.map(valueAsked), radii.blockhash),
    lookUp(index, queries),
  ];
  const [byWhole, byRegion, byBlockhash, byDigest] = areThere(searches) ? searches : await Promise.all(searches);
  const candidates = byDigest.map((hits) => hits.map((hit) => candidateOf(hit, 'identity')));
  for (const [found, probes] of [
    [byWhole, wholes],
    [byRegion, regions],
  ] as const) {
    for (const [at, { owner, asked }] of probes.entries()) {
      for (const hit of found[at] ?? []) candidates[owner]?.push(pdqCandidateOf(hit, asked));
    }
  }
  for (const [at, { owner }] of blockhashes.entries()) {
    for (const hit of byBlockhash[at] ?? []) candidates[owner]?.push(candidateOf(hit, 'identity'));
  }
  for (const [at, query] of queries.entries()) {
    if (query.blockhashes.length > 1) await addTurnedBlockhashes(index, query, candidates[at] ?? [], radii);
  }
  return candidates;
}

function isAsItIs({ variant, orientation, negative }: Probe): boolean {
  return variant === fullVariant && orientation === 'identity' && !negative;
}

type Searches<Answer> = readonly [byWhole: Answer, byRegion: Answer, byBlockhash: Answer, byDigest: Answer];

function areThere(searches: Searches<Hit[][] | Promise<Hit[][]>>): searches is Searches<Hit[][]> {
  return !searches.some((answer) => answer instanceof Promise);
}

/** What equals a digest of each query; most queries have none. */
function lookUp(index: HashIndex, queries: readonly Searched[]): Hit[][] | Promise<Hit[][]> {
  const hashes = queries.map((query) => exactHashesOf(query.exact));
  if (hashes.every((ofQuery) => ofQuery.length === 0)) return hashes.map(() => []);
  return Promise.all(hashes.map((ofQuery) => index.lookup(ofQuery)));
}

/** Asks the blockhashes of the orientations in which PDQ found something: none for most images, so they cost nothing. */
async function addTurnedBlockhashes(index: HashIndex, query: Searched, candidates: Candidate[], radii: Radii): Promise<void> {
  const found = new Set(candidates.filter(({ negative }) => !negative).map(({ orientation }) => orientation));
  const asked = query.blockhashes.slice(1).filter((turned) => found.has(turnOf(turned)));
  if (asked.length === 0) return;
  const values = asked.map(({ value }) => value);
  for (const [at, hits] of (await index.search('blockhash', values, radii.blockhash)).entries()) {
    const turned = asked[at];
    if (turned) candidates.push(...hits.map((hit) => candidateOf(hit, turnOf(turned))));
  }
}

function exactHashesOf(hashes: ExactHashes): ExactHash[] {
  const found: ExactHash[] = [];
  for (const algorithm of exactAlgorithms) {
    const hex = hashes[algorithm];
    if (hex !== undefined) found.push({ algorithm, value: Buffer.from(hex, 'hex') });
  }
  return found;
}

function candidateOf(hit: Hit, orientation: Orientation): Candidate {
  return { ...hit, orientation, negative: false, queryQuality: null, queryVariant: 'full' };
}

function turnOf({ orientation }: Pick<Probe, 'orientation'>): Orientation {
  return turnedBack[orientation] ?? orientation;
}

function pdqCandidateOf(hit: Hit, probe: Probe): Candidate {
  const { negative, quality, variant } = probe;
  return { ...hit, orientation: turnOf(probe), negative, queryQuality: quality ?? null, queryVariant: variant };
}
