/** From one file to its hashes. Runs in the hasher's worker. */

import { readingsOf } from '../../../../native-free-workers/decoding/readings.js';
import { minSide } from '../../../../native-free-workers/decoding/reduced-size.js';
import type { Frame } from '../../../../native-free-workers/hashing/frame.js';
import { hashFrames } from '../../../../native-free-workers/hashing/hash-frames.js';
import type { ImageKernel } from '../../../../native-free-workers/hashing/image-kernel.js';
import { mayHaveProfile } from './colour-profile.ts';
import { claimOf } from './image-size.ts';
import { kindOfFile } from './kind-of-file.ts';
import { type FileOutcome, type FileRefusal, type FileTask, type HashedFile, maxBytes, maxPixels } from './outcome.ts';
import { type Colours, openPicture, rastersOf } from './picture.ts';
import { sha256Of } from './sha256.ts';

class RefusedFile extends Error {
  constructor(readonly refused: FileRefusal) {
    super(refused);
  }
}

export async function hashFile(kernel: ImageKernel, task: FileTask): Promise<FileOutcome> {
  try {
    return await hashesOf(kernel, task);
  } catch (error) {
    if (error instanceof RefusedFile) return { refused: error.refused };
    // What a browser throws for a file that it cannot decode, or has no memory for.
    if (error instanceof DOMException) return { refused: 'unreadable' };
    throw error;
  }
}

interface Picture {
  readonly frames: readonly Frame[];
  readonly width: number;
  readonly height: number;
}

async function hashesOf(kernel: ImageKernel, { file, variants }: FileTask): Promise<HashedFile> {
  if (file.size === 0) throw new RefusedFile('empty');
  if (file.size > maxBytes) throw new RefusedFile('too_large');
  const bytes = new Uint8Array(await file.arrayBuffer());
  const picture = await readPicture(file, bytes);
  const { pdq, blockhash, isFlat } = hashFrames(kernel, picture, { purpose: 'enrol', variants });
  if (isFlat) throw new RefusedFile('flat');
  return {
    hashes: {
      pdq: pdq.map(({ variant, quality, hashes: [value = ''] }) => ({ value, quality, orientation: 'identity', variant })),
      ...(blockhash[0] ? { blockhash: blockhash[0] } : {}),
      sha256: await sha256Of(bytes),
    },
    quality: pdq[0]?.quality ?? 0,
    width: picture.width,
    height: picture.height,
  };
}

/** Before anything is decoded, the header must be a known one that claims no more pixels than allowed. */
async function readPicture(file: Blob, bytes: Uint8Array): Promise<Picture> {
  const format = kindOfFile(bytes);
  if (typeof format === 'object') throw new RefusedFile(format.refused);
  const claim = claimOf(bytes, format);
  if (!claim && format !== 'jxl') throw new RefusedFile('unreadable');
  if (claim && claim.pixels > maxPixels) throw new RefusedFile('too_large');
  const manner = { isGrey: claim?.isGrey ?? false, isJpeg: format === 'jpeg' };
  const stored = await readAs('stored', file, manner);
  if (!mayHaveProfile(bytes, format)) return stored;
  const shown = await readAs('shown', file, manner);
  return { ...shown, frames: [...shown.frames, ...stored.frames.map(asUnprofiled)] };
}

const asUnprofiled = (frame: Frame): Frame => ({
  ...frame,
  variant: frame.variant === 'full' ? 'unprofiled' : `unprofiled_${frame.variant}`,
});

async function readAs(colours: Colours, file: Blob, { isGrey, isJpeg }: { isGrey: boolean; isJpeg: boolean }): Promise<Picture> {
  const picture = await openPicture(file, colours);
  try {
    const { width, height } = picture;
    if (Math.min(width, height) < minSide) throw new RefusedFile('too_small');
    if (width * height > maxPixels) throw new RefusedFile('too_large');
    const readings = readingsOf('', rastersOf(picture, isGrey, isJpeg));
    return { frames: readings.map(({ manner, raster }) => ({ variant: manner || 'full', page: 0, raster })), width, height };
  } finally {
    picture.close();
  }
}
