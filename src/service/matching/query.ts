import { type Algorithm, exactAlgorithms } from '../../domain/algorithms/registry.js';
import { type PerceptualHashes, usableHashes } from '../../domain/degenerate.js';
import {
  complementOf,
  type ExactHash,
  type ExactHashes,
  fullVariant,
  type HashSet,
  isLaterFrame,
  isReading,
  isRegion,
  isWholePicture,
  type Orientation,
  type PdqVariant,
} from '../../domain/hash.js';
import type { UnscannableReason } from '../../domain/verdict.js';
import type { View } from '../../domain/view.js';
import type { LookedFrames } from '../../imaging/protocol.js';
import type { HashedImage } from './image-hasher.js';

/** A perceptual hash to search, 32 bytes. */
export interface Probe {
  readonly value: Uint8Array;
  readonly variant: string;
  readonly orientation: Orientation;
  /** Of the picture's negative. */
  readonly negative: boolean;
  readonly quality: number | null;
  /** What it shows, where the name of the variant does not say. */
  readonly view?: View | undefined;
  /** Also searched within the radius that only holds. */
  readonly reachesFar?: boolean;
}

export interface Searched {
  readonly pdq: readonly Probe[];
  /** The upright one first. */
  readonly blockhash: readonly Probe[];
  readonly exact: readonly ExactHash[];
}

export interface Query extends Searched {
  readonly requestId: string;
  readonly hashes: HashSet;
  /** PDQ hashes that say something. */
  readonly usable: readonly PdqVariant[];
  readonly unscannable: UnscannableReason | null;
  readonly frames: LookedFrames | null;
}

export function queryOfHashes(requestId: string, hashes: HashSet): Query {
  const looks = usableHashes(hashes);
  const isFlat = hashes.pdq !== undefined && hashes.pdq.length > 0 && looks.pdq?.length === 0;
  return isFlat ? queryOf(requestId, hashes, {}, 'flat') : queryOf(requestId, hashes, looks, null);
}

/** A truncated file is searched by what it still shows. */
export function queryOfImage(requestId: string, { hashes, unscannable, frames }: HashedImage): Query {
  if (unscannable && unscannable !== 'truncated') return { ...queryOf(requestId, hashes, {}, unscannable), frames };
  const query = queryOf(requestId, hashes, hashes, unscannable);
  return { ...query, pdq: withNegatives(query.pdq).map(reachingFar), frames };
}

/**
 * A wider search takes ten times as long, so only an image pays for it, and only for the hashes that find most: bench/robustness found
 * nine tenths of what all would find.
 */
const farVariant = /^(full|unbanded|extended_(90|84)|inner_97|deborder|straight)$/;

function reachingFar(probe: Probe): Probe {
  const { variant, orientation, negative } = probe;
  return farVariant.test(variant) && orientation === 'identity' && !negative ? { ...probe, reachesFar: true } : probe;
}

function queryOf(requestId: string, hashes: HashSet, looks: PerceptualHashes, unscannable: UnscannableReason | null): Query {
  const { pdq: usable = [], blockhash, turnedBlockhashes = [] } = looks;
  return {
    requestId,
    hashes,
    usable,
    pdq: usable.map(probeOf),
    blockhash: blockhash ? [{ value: blockhash, ...upright }, ...turnedBlockhashes].map(probeOf) : [],
    exact: exactHashesOf(hashes),
    unscannable,
    frames: null,
  };
}

const upright = { orientation: 'identity' } as const;

function probeOf({ value, orientation, variant = fullVariant, quality = null, view }: ProbedHash): Probe {
  return { value: Buffer.from(value, 'hex'), variant, orientation, negative: false, quality, view };
}

interface ProbedHash {
  readonly value: string;
  readonly orientation: Orientation;
  readonly variant?: string;
  readonly quality?: number | null | undefined;
  readonly view?: View | undefined;
}

function exactHashesOf(hashes: ExactHashes): readonly ExactHash[] {
  const found: ExactHash[] = [];
  for (const algorithm of exactAlgorithms) {
    const hex = hashes[algorithm];
    if (hex !== undefined) found.push({ algorithm, value: Buffer.from(hex, 'hex') });
  }
  return found;
}

/** For one image beside the later frames of an animation. Most have about 70, a picture in a frame 85; without this limit some would have 133. */
export const maxProbes = 92;

export function withNegatives(positives: readonly Probe[]): readonly Probe[] {
  const ofLaterFrames = positives.filter(({ variant }) => isLaterFrame(variant));
  const probes = positives
    .filter(({ variant }) => !isLaterFrame(variant))
    .flatMap((probe) =>
      isWholePicture(probe.variant) ? [probe, { ...probe, value: complementOf(probe.value), negative: true }] : [probe],
    );
  if (probes.length <= maxProbes) return [...probes, ...ofLaterFrames];
  return [...probes.toSorted((a, b) => priority(a) - priority(b)).slice(0, maxProbes), ...ofLaterFrames];
}

/** Lower comes first. */
function priority({ variant, negative }: Probe): number {
  if (variant === fullVariant) return 0;
  if (negative) return 5;
  if (isReading(variant)) return 1;
  if (isWholePicture(variant)) return 2;
  return isRegion(variant) ? 4 : 3;
}

export type ShownHashes = { readonly [Name in Algorithm]?: string } & { readonly quality?: number };

/** Field by field: a literal with conditional parts took ten times as long, 5 % of a batch. */
export function shownHashes({ hashes, unscannable }: Query): ShownHashes {
  const { pdq, blockhash } = hashes;
  const first = pdq?.find(({ orientation, variant }) => orientation === 'identity' && variant === fullVariant) ?? pdq?.[0];
  const shown: { -readonly [Name in keyof ShownHashes]: ShownHashes[Name] } = {};
  if (first && !unscannable) shown.pdq = first.value;
  if (first?.quality !== undefined) shown.quality = first.quality;
  if (blockhash !== undefined && !unscannable) shown.blockhash = blockhash;
  for (const algorithm of exactAlgorithms) {
    const hex = hashes[algorithm];
    if (hex !== undefined) shown[algorithm] = hex;
  }
  return shown;
}
