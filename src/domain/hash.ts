/** Hashes are lower-case hex, branded so that a PDQ hash cannot stand for an MD5. */
import { type Algorithm, type ExactAlgorithm, type PerceptualAlgorithm, perceptualAlgorithms } from './algorithms/registry.js';

import type { View } from './view.js';

declare const brand: unique symbol;
export type HashOf<Name extends Algorithm> = string & { readonly [brand]: Name };

export type Pdq = HashOf<'pdq'>;
export type Blockhash = HashOf<'blockhash'>;
export type Md5 = HashOf<'md5'>;
export type Sha1 = HashOf<'sha1'>;
export type Sha256 = HashOf<'sha256'>;

/** Names and order of the PDQ reference: flip_x mirrors top to bottom, flip_y left to right, flip_plus1 along the main diagonal. */
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

/** A variant names a part of the image, or what was undone before hashing (native-free-workers/variants/). */
export const fullVariant = 'full';
export const variantName = /^[a-z0-9_]{1,32}$/;

const reading = /^(unprofiled|uncropped|converted|on_(black|grey))(_|$)/;

/** The whole picture as some viewers show it: without its profile, on another background. */
export function isReading(variant: string): boolean {
  return reading.test(variant);
}

const wholePicture = /^(full|straight|deborder(_\d+)?)$/;

export function isWholePicture(variant: string): boolean {
  return wholePicture.test(variant) || isReading(variant);
}

const laterFrame = /^frame_/;

export function isLaterFrame(variant: string): boolean {
  return laterFrame.test(variant);
}

/** The variants that `POST /v1/hash` answers. */
export function isWholeOrFrame(variant: string): boolean {
  return isWholePicture(variant) || isLaterFrame(variant);
}

export function isRegion(variant: string): boolean {
  return variant.startsWith('region_');
}

/** 50 to 78 % of an image, up to one of its sides. */
export function isEdgeCrop(variant: string): boolean {
  return variant.startsWith('keep_');
}

/** The picture inside a page or a screenshot, beside which something else may be meant. A letterbox is no such frame. */
export function isInsideFrame(variant: string): boolean {
  return variant.startsWith('deborder') && variant !== 'deborder_plain';
}

/** Searched apart, because regions would multiply the hashes that a search of whole images compares. */
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
  /** What it shows, where its name does not say. */
  readonly view?: View | undefined;
  /** 0-100; absent when the sender did not say. */
  readonly quality?: number | undefined;
  readonly orientation: Orientation;
  readonly variant: string;
}

export interface TurnedBlockhash {
  readonly value: Blockhash;
  readonly orientation: Orientation;
}

export type ExactHashes = { readonly [Name in ExactAlgorithm]?: HashOf<Name> | undefined };

export interface ExactHash {
  readonly algorithm: ExactAlgorithm;
  readonly value: Uint8Array;
}

export interface HashSet extends ExactHashes {
  /** One hash per orientation and variant. */
  readonly pdq?: readonly PdqVariant[] | undefined;
  readonly blockhash?: Blockhash | undefined;
  /** Corroborate what PDQ finds in their orientation. */
  readonly turnedBlockhashes?: readonly TurnedBlockhash[] | undefined;
}

/** Below it flat images collide (PDQ reference). A test keeps native-free-workers/hashing/degenerate-limits.ts equal. */
export const minimumQuality = 50;

/**
 * PDQ hashes that an entry may have. Only upright ones: a query covers all orientations. An image hashed in a browser has up to 36:
 * 8 frames, 19 edits and 9 regions, as an upload has.
 */
export const maxUpright = 40;

/** The PDQ hash of the negative, up to ties at the median. */
export function complementOf(hash: Uint8Array): Uint8Array {
  return hash.map((byte) => ~byte);
}

const bitCounts = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** Of two hashes of equal length, as bytes. */
export function byteDistance(a: Uint8Array, b: Uint8Array): number {
  let distance = 0;
  for (let at = 0; at < a.length; at++) distance += bitCounts[(a[at] ?? 0) ^ (b[at] ?? 0)] ?? 0;
  return distance;
}

/** Of two hex hashes of equal length. */
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
