import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { isPlainSrgb } from '../file-formats/srgb-profile.js';
import { decodePixels } from './pixels.js';
import { type Reading, readingsOf } from './readings.js';
import { reducedSize } from './reduced-size.js';

/** The usual reading first. Each page of a TIFF has its own `metadata`. */
export async function readPage(bytes: Uint8Array, options: SharpOptions, given?: Metadata): Promise<Reading[]> {
  const { icc, space, autoOrient } = given ?? (await sharp(bytes, options).metadata());
  const size = reducedSize(autoOrient);
  const isGrey = space === 'b-w' || space === 'grey16';
  const decodeStored = () => decodePixels(bytes, { ...options, ignoreIcc: icc !== undefined }, isGrey, size);
  if (!icc || isPlainSrgb(icc)) return readingsOf('', await decodeStored());
  return [...readingsOf('', await decodePixels(bytes, options, false, size)), ...readingsOf('unprofiled', await decodeStored())];
}
