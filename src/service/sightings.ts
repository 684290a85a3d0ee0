/** From the hashes of queries to everything known that lies near them. */
import { complementOf, type HashSet, isRegion, type Orientation, orientations, type PdqVariant } from '../domain/hash.js';
import type { Hit, Sighting } from '../domain/verdict.js';
import type { HashIndex } from '../index/hash-index.js';

/** One PDQ hash to search. */
export interface Probe extends PdqVariant {
  readonly negative: boolean;
}

/** What is searched for one query. */
export interface Searched {
  readonly pdq: readonly Probe[];
  /** In the order of `orientations`; those after the first are asked only where PDQ found that orientation, to bear it out. */
  readonly blockhashes: readonly string[];
  readonly digests: Pick<HashSet, 'md5' | 'sha1' | 'sha256'>;
}

export interface Radii {
  readonly pdq: number;
  readonly blockhash: number;
}

/** A hash of the query turned by `orientation` equals the entry's, so the entry turned back gives the query. */
const turnedBack: Readonly<Partial<Record<Orientation, Orientation>>> = { rotate90: 'rotate270', rotate270: 'rotate90' };

/** Variants that show a whole picture: it is they that are also searched as negatives, for one search more each. */
const wholePicture = /^(full|straight|deborder(_\d+)?)$/;

/** The searches for one image: its hashes, and the complements of those of whole pictures, which are the hashes of their negatives. */
export function withNegatives(hashes: readonly PdqVariant[]): Probe[] {
  return hashes.flatMap((hash) => {
    const positive = { ...hash, negative: false };
    if (!wholePicture.test(hash.variant)) return [positive];
    return [positive, { ...hash, value: complementOf(hash.value), negative: true }];
  });
}

/** Everything known that lies near each query: one search a kind of hash for all of them, which spreads over the workers. */
export async function sightingsOf(index: HashIndex, queries: readonly Searched[], radii: Radii): Promise<Sighting[][]> {
  const probes = queries.flatMap(({ pdq }, owner) => pdq.map((probe) => ({ owner, probe })));
  const ofRegions = probes.filter(({ probe }) => isRegion(probe.variant));
  const ofWholes = probes.filter(({ probe }) => !isRegion(probe.variant));
  const upright = queries.flatMap(({ blockhashes: [value] }, owner) => (value === undefined ? [] : [{ owner, value }]));
  const [byWhole, byRegion, byBlockhash, byDigest] = await Promise.all([
    index.search('pdq', valuesOf(ofWholes), radii.pdq),
    index.search('region', valuesOf(ofRegions), radii.pdq),
    index.search(
      'blockhash',
      upright.map(({ value }) => value),
      radii.blockhash,
    ),
    Promise.all(queries.map(({ digests }) => index.lookup(bytesOf(digests)))),
  ]);
  const sightings = byDigest.map((hits) => hits.map((hit) => sightingOf(hit, 'identity')));
  const take = (found: readonly Hit[][], asked: readonly { owner: number; probe: Probe }[]) => {
    for (const [at, { owner, probe }] of asked.entries()) {
      for (const hit of found[at] ?? []) sightings[owner]?.push(sightingByPdq(hit, probe));
    }
  };
  take(byWhole, ofWholes);
  take(byRegion, ofRegions);
  for (const [at, { owner }] of upright.entries()) {
    for (const hit of byBlockhash[at] ?? []) sightings[owner]?.push(sightingOf(hit, 'identity'));
  }
  await Promise.all(queries.map(async (query, at) => addTurnedBlockhashes(index, query, sightings[at] ?? [], radii)));
  return sightings;
}

/** Asks the blockhashes of the orientations in which PDQ found something: none for most images, so they cost nothing. */
async function addTurnedBlockhashes(index: HashIndex, query: Searched, sightings: Sighting[], radii: Radii): Promise<void> {
  const found = new Set(sightings.filter(({ negative }) => !negative).map(({ orientation }) => orientation));
  const asked = orientations.flatMap((turn, at) => {
    const orientation = turnedBack[turn] ?? turn;
    const value = query.blockhashes[at];
    return at > 0 && value !== undefined && found.has(orientation) ? [{ orientation, value }] : [];
  });
  if (asked.length === 0) return;
  const values = asked.map(({ value }) => value);
  for (const [at, hits] of (await index.search('blockhash', values, radii.blockhash)).entries()) {
    sightings.push(...hits.map((hit) => sightingOf(hit, asked[at]?.orientation ?? 'identity')));
  }
}

function valuesOf(asked: readonly { probe: Probe }[]): string[] {
  return asked.map(({ probe }) => probe.value);
}

function bytesOf({ md5, sha1, sha256 }: Searched['digests']): Uint8Array[] {
  return [md5, sha1, sha256].filter((digest) => digest !== undefined).map((digest) => Buffer.from(digest, 'hex'));
}

function sightingOf(hit: Hit, orientation: Orientation): Sighting {
  return { ...hit, orientation, negative: false, queryQuality: null, queryVariant: 'full' };
}

function sightingByPdq(hit: Hit, { orientation, negative, quality, variant }: Probe): Sighting {
  const turned = turnedBack[orientation] ?? orientation;
  return { ...hit, orientation: turned, negative, queryQuality: quality ?? null, queryVariant: variant };
}
