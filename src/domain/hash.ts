/** Hashes as lower-case hex text, branded so that a PDQ hash cannot stand where an MD5 is wanted. */
import { type Algorithm, type ExactAlgorithm, type PerceptualAlgorithm, perceptualAlgorithms } from './algorithms/registry.js';

declare const brand: unique symbol;
export type HashOf<Name extends Algorithm> = string & { readonly [brand]: Name };

export type Pdq = HashOf<'pdq'>;
export type Blockhash = HashOf<'blockhash'>;
export type Md5 = HashOf<'md5'>;
export type Sha1 = HashOf<'sha1'>;
export type Sha256 = HashOf<'sha256'>;

/**
 * What turns the entry into the query, after EXIF; named as the PDQ reference does (flip_x mirrors top to bottom, flip_y left to
 * right, flip_plus1 transposes, flip_minus1 transposes along the other diagonal). The order is that of `pdq/vectors.tsv`.
 */
export const orientations = [
  'identity',
  'rotate90',
  'rotate180',
  'rotate270',
  'flip_x',
  'flip_y',
  'flip_plus1',
  'flip_minus1',
] as const;
export type Orientation = (typeof orientations)[number];

/** Which part of the image a hash describes, or what was undone before hashing; native-free-workers/variants/ makes the others. */
export const fullVariant = 'full';
export const variantName = /^[a-z0-9_]{1,32}$/;

/** The whole image in the colours that it has without its ICC profile, which viewers may ignore. */
export const unprofiledVariant = 'unprofiled';

/** Variants that show a whole picture, whatever was around it. */
const wholePicture = /^(full|unprofiled|straight|deborder(_\d+)?)$/;

export function isWholePicture(variant: string): boolean {
  return wholePicture.test(variant);
}

/** Further pictures of an animation or a document, each whole in its own right. */
const laterFrame = /^frame_/;

export function isLaterFrame(variant: string): boolean {
  return laterFrame.test(variant);
}

/** True for what `POST /v1/hash` answers: at most nine variants of eight orientations. */
export function isWholeOrFrame(variant: string): boolean {
  return isWholePicture(variant) || isLaterFrame(variant);
}

/** How names of fixed parts of an image begin; their hashes are searched among themselves (`regions.ts`). */
const regionPrefix = 'region_';

export function isRegion(variant: string): boolean {
  return variant.startsWith(regionPrefix);
}

/** Parts that reach over one side of an image: 50 to 78 % of it (native-free-workers/variants/edge-crops.ts). */
export function isEdgeCrop(variant: string): boolean {
  return variant.startsWith('keep_');
}

/** The sets of hashes an index searches apart. Regions would multiply the hashes that every search of a whole image compares. */
export type HashKind = PerceptualAlgorithm | 'region';
export const hashKinds: readonly HashKind[] = [...perceptualAlgorithms, 'region'];

export function kindOf(algorithm: PerceptualAlgorithm, variant: string): HashKind {
  return algorithm === 'pdq' && isRegion(variant) ? 'region' : algorithm;
}

export function algorithmOf(kind: HashKind): PerceptualAlgorithm {
  return kind === 'region' ? 'pdq' : kind;
}

export interface PdqVariant {
  readonly value: Pdq;
  /** 0-100; absent when the sender did not say. */
  readonly quality?: number | undefined;
  readonly orientation: Orientation;
  readonly variant: string;
}

export interface TurnedBlockhash {
  readonly value: Blockhash;
  readonly orientation: Orientation;
}

/** Hashes that match only what is equal to them, one of each algorithm. */
export type ExactHashes = { readonly [Name in ExactAlgorithm]?: HashOf<Name> | undefined };

/** A hash to look up, as bytes. */
export interface ExactHash {
  readonly algorithm: ExactAlgorithm;
  readonly value: Uint8Array;
}

/** All hashes of one image. */
export interface HashSet extends ExactHashes {
  /** One hash per orientation and variant; the first is the primary one. */
  readonly pdq?: readonly PdqVariant[] | undefined;
  /** Of the image as it is. */
  readonly blockhash?: Blockhash | undefined;
  /** Of the image turned and mirrored. Blockhash can then confirm what PDQ finds in that orientation. */
  readonly turnedBlockhashes?: readonly TurnedBlockhash[] | undefined;
}

/**
 * PDQ quality below which a hash is discarded: below it flat images collide (PDQ reference, `HMA` discards < 50). The domain imports no other layer, and
 * native-free-workers/ nothing of src/, so its `hashing/degenerate-limits.ts` has the same number; a test holds them equal.
 */
export const minimumQuality = 50;

/** The PDQ hash of the picture's negative: every bit inverted, except where samples tie with the median. */
export function complementOf(hash: Uint8Array): Uint8Array {
  return hash.map((byte) => ~byte);
}

/** Hamming distance of two hex hashes of the same length, in bits. */
export function hammingDistance(a: string, b: string): number {
  let distance = 0;
  for (let at = 0; at < a.length; at += 8) {
    let bits = Number.parseInt(a.slice(at, at + 8), 16) ^ Number.parseInt(b.slice(at, at + 8), 16);
    bits -= (bits >>> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    distance += (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return distance;
}
