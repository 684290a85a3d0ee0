/** Hashes as the field writes them: lower-case hex text, branded so that a PDQ hash cannot stand where an MD5 is wanted. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type Pdq = Branded<'pdq'>;
export type Blockhash = Branded<'blockhash'>;
export type Md5 = Branded<'md5'>;
export type Sha1 = Branded<'sha1'>;
export type Sha256 = Branded<'sha256'>;

export const perceptualAlgorithms = ['pdq', 'blockhash'] as const;
export const digestAlgorithms = ['md5', 'sha1', 'sha256'] as const;
export type PerceptualAlgorithm = (typeof perceptualAlgorithms)[number];
export type DigestAlgorithm = (typeof digestAlgorithms)[number];
export type Algorithm = PerceptualAlgorithm | DigestAlgorithm;

/** Hex digits of each hash: 256 bits for the perceptual ones. */
export const hexLength: Readonly<Record<Algorithm, number>> = { pdq: 64, blockhash: 64, md5: 32, sha1: 40, sha256: 64 };

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

/** What an index keeps apart: PDQ of regions would else multiply the hashes that every search of a whole image looks at. */
export const hashKinds = ['pdq', 'region', 'blockhash'] as const;
export type HashKind = (typeof hashKinds)[number];

/** Undefined for digests. */
export function kindOf(algorithm: Algorithm, variant: string): HashKind | undefined {
  if (algorithm === 'pdq') return isRegion(variant) ? 'region' : 'pdq';
  return algorithm === 'blockhash' ? 'blockhash' : undefined;
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

/** Everything known about one image's bytes and looks. `pdq` holds one hash an orientation and variant; the first is the primary. */
export interface HashSet {
  readonly pdq?: readonly PdqVariant[] | undefined;
  /** Of the image as it is. */
  readonly blockhash?: Blockhash | undefined;
  /** Of the image turned and mirrored: known only where we hashed it, so that blockhash confirms what PDQ finds in that orientation. */
  readonly turnedBlockhashes?: readonly TurnedBlockhash[] | undefined;
  readonly md5?: Md5 | undefined;
  readonly sha1?: Sha1 | undefined;
  readonly sha256?: Sha256 | undefined;
}

/**
 * PDQ quality below which a hash is discarded: below it flat images collide (PDQ reference, `HMA` discards < 50). The domain imports no other layer, and
 * native-free-workers/ nothing of src/, so its `hashing/degenerate-limits.ts` has the same number; a test holds them equal.
 */
export const minimumQuality = 50;

/** By the code of a lower-case hex digit, the digit of its bits turned over. */
const turnedOver: string[] = [];
for (const [value, digit] of [...'0123456789abcdef'].entries()) turnedOver[digit.charCodeAt(0)] = (15 - value).toString(16);

/** All bits turned over: the PDQ of a picture's negative, up to ties at the median. 1 us from a table, 24 by parsing, 8 to 24 times an image. */
export function complementOf(hash: Pdq): Pdq {
  let complement = '';
  for (let at = 0; at < hash.length; at++) complement += turnedOver[hash.charCodeAt(at)] ?? '';
  // As many lower-case hex digits as before.
  return complement as Pdq;
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
