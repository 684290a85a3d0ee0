import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { isPlainSrgb } from '../file-formats/srgb-profile.js';
import type { Raster } from '../hashing/raster.js';
import type { Flattened } from './flatten.js';
import { decodePixels } from './pixels.js';
import { reducedSize } from './reduced-size.js';

/** One page of a file as one viewer shows it. */
export interface Reading {
  /** Empty for the usual one. Otherwise what this viewer does: `unprofiled`, `on_black`, `on_grey`, `unprofiled_on_black` and so on. */
  readonly manner: string;
  readonly raster: Raster;
}

/** The usual reading first. Each page of a TIFF has its own `metadata`. */
export async function readPage(bytes: Uint8Array, options: SharpOptions, given?: Metadata): Promise<Reading[]> {
  const { icc, space, autoOrient } = given ?? (await sharp(bytes, options).metadata());
  const size = reducedSize(autoOrient);
  const isGrey = space === 'b-w' || space === 'grey16';
  const decodeStored = () => decodePixels(bytes, { ...options, ignoreIcc: icc !== undefined }, isGrey, size);
  if (!icc || isPlainSrgb(icc)) return readingsOf('', await decodeStored());
  return [...readingsOf('', await decodePixels(bytes, options, false, size)), ...readingsOf('unprofiled', await decodeStored())];
}

export function readingsOf(manner: string, flattened: readonly Flattened[]): Reading[] {
  return flattened.map(({ background, raster }) => ({
    manner: joined(manner, background === 'white' ? '' : `on_${background}`),
    raster,
  }));
}

export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('_');
}
