/** One query: what its caller sent or its image gave, and what of it the index is asked. */
import { type Algorithm, exactAlgorithms } from '../../domain/algorithms/registry.js';
import { type Looks, tellingLooks } from '../../domain/degenerate.js';
import {
  complementOf,
  type ExactHash,
  type ExactHashes,
  fullVariant,
  type HashSet,
  isLaterFrame,
  isRegion,
  isWholePicture,
  type Orientation,
  type PdqVariant,
  unprofiledVariant,
} from '../../domain/hash.js';
import type { UnscannableReason } from '../../domain/verdict.js';
import type { HashedImage } from './image-hasher.js';

/** A perceptual hash to search, as the 32 bytes that the index compares. */
export interface Probe {
  readonly value: Uint8Array;
  readonly variant: string;
  readonly orientation: Orientation;
  /** Computed for the negative of the picture. */
  readonly negative: boolean;
  readonly quality: number | null;
}

/** What the index is asked for one query. */
export interface Searched {
  readonly pdq: readonly Probe[];
  /** The upright one first. The others are searched only in orientations where PDQ finds something, to confirm it. */
  readonly blockhash: readonly Probe[];
  readonly exact: readonly ExactHash[];
}

export interface Query extends Searched {
  readonly requestId: string;
  readonly hashes: HashSet;
  /** Those of `hashes` that say something about the image. */
  readonly telling: readonly PdqVariant[];
  readonly unscannable: UnscannableReason | null;
}

/** A query of hashes that a caller sent. */
export function queryOfHashes(requestId: string, hashes: HashSet): Query {
  const looks = tellingLooks(hashes);
  const isFlat = hashes.pdq !== undefined && hashes.pdq.length > 0 && looks.pdq?.length === 0;
  return isFlat ? queryOf(requestId, hashes, {}, 'flat') : queryOf(requestId, hashes, looks, null);
}

/** A query of an image. The hasher has left out what says nothing. */
export function queryOfImage(requestId: string, { hashes, unscannable }: HashedImage): Query {
  if (unscannable) return queryOf(requestId, hashes, {}, unscannable);
  const query = queryOf(requestId, hashes, hashes, null);
  return { ...query, pdq: withNegatives(query.pdq) };
}

function queryOf(requestId: string, hashes: HashSet, looks: Looks, unscannable: UnscannableReason | null): Query {
  const { pdq: telling = [], blockhash, turnedBlockhashes = [] } = looks;
  return {
    requestId,
    hashes,
    telling,
    pdq: telling.map(probeOf),
    blockhash: blockhash ? [{ value: blockhash, ...upright }, ...turnedBlockhashes].map(probeOf) : [],
    exact: exactHashesOf(hashes),
    unscannable,
  };
}

const upright = { orientation: 'identity' } as const;

function probeOf({ value, orientation, variant = fullVariant, quality = null }: ProbedHash): Probe {
  return { value: Buffer.from(value, 'hex'), variant, orientation, negative: false, quality };
}

/** A PDQ hash or a blockhash. */
interface ProbedHash {
  readonly value: string;
  readonly orientation: Orientation;
  readonly variant?: string;
  readonly quality?: number | null | undefined;
}

function exactHashesOf(hashes: ExactHashes): readonly ExactHash[] {
  const found: ExactHash[] = [];
  for (const algorithm of exactAlgorithms) {
    const hex = hashes[algorithm];
    if (hex !== undefined) found.push({ algorithm, value: Buffer.from(hex, 'hex') });
  }
  return found;
}

/** PDQ searches for one image. A picture in a frame takes 59, most take about 45; two frames, a picture askew and an animation would take 107. */
export const maxProbes = 64;

/** The searches for one image: its hashes, and for whole pictures their complements, which are the hashes of the negatives. */
export function withNegatives(positives: readonly Probe[]): readonly Probe[] {
  const probes = positives.flatMap((probe) =>
    isWholePicture(probe.variant) ? [probe, { ...probe, value: complementOf(probe.value), negative: true }] : [probe],
  );
  if (probes.length <= maxProbes) return probes;
  return probes.toSorted((a, b) => priority(a) - priority(b)).slice(0, maxProbes);
}

/** Lower comes first: the whole and its negative, later frames, pictures in a frame or askew, parts, regions, other negatives. */
function priority({ variant, negative }: Probe): number {
  if (variant === fullVariant) return 0;
  if (negative) return 5;
  if (isLaterFrame(variant) || variant === unprofiledVariant) return 1;
  if (isWholePicture(variant)) return 2;
  return isRegion(variant) ? 4 : 3;
}

/** The query's own hashes as a verdict shows them: the PDQ of the image as it is, its quality, and what must be equal. */
export type ShownHashes = { readonly [Name in Algorithm]?: string } & { readonly quality?: number };

/** By assignment: a literal of conditional parts took ten times as long, 5 % of a batch. */
export function shownHashes({ hashes, unscannable }: Query): ShownHashes {
  const { pdq, blockhash } = hashes;
  const first = pdq?.find(({ orientation, variant }) => orientation === 'identity' && variant === fullVariant) ?? pdq?.[0];
  const shown: { -readonly [Name in keyof ShownHashes]: ShownHashes[Name] } = {};
  // The hashes of an image that is too flat would match every other flat one.
  if (first && !unscannable) shown.pdq = first.value;
  if (first?.quality !== undefined) shown.quality = first.quality;
  if (blockhash !== undefined && !unscannable) shown.blockhash = blockhash;
  for (const algorithm of exactAlgorithms) {
    const hex = hashes[algorithm];
    if (hex !== undefined) shown[algorithm] = hex;
  }
  return shown;
}
