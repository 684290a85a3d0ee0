import { minimumQuality } from '../hashing/degenerate-limits.js';
import type { HashedOrientations, ImageKernel } from '../hashing/image-kernel.js';
import type { Area, Raster } from '../hashing/raster.js';
import type { VariantHashes } from '../image-task.js';
import { areaInsideMargins, type LumaPlane, type Margins } from './luma-plane.js';

export interface LoadedImage {
  readonly kernel: ImageKernel;
  readonly raster: { readonly width: number; readonly height: number };
  /** Size as a viewer shows the image. The raster may be a smaller copy. */
  readonly width: number;
  readonly height: number;
}

/** A view, valid until the next call of the kernel. */
export function lumaPlaneOf({ kernel, raster: { width, height } }: LoadedImage): LumaPlane {
  return { ...kernel.luma(), width, height };
}

/** Undefined if the hash is degenerate or of low quality. */
export function hashPart(
  kernel: ImageKernel,
  variant: string,
  area: Area,
  orientations: HashedOrientations,
  maxTwoToneShare?: number,
): VariantHashes | undefined {
  const { hashes, quality } = kernel.pdqOfPart(area, orientations);
  return quality < minimumQuality || kernel.isDegenerate(maxTwoToneShare) ? undefined : { variant, quality, hashes };
}

export function hashInsideMargins(
  { kernel, raster }: LoadedImage,
  variant: string,
  margins: Margins,
  orientations: HashedOrientations,
): VariantHashes | undefined {
  return hashPart(kernel, variant, areaInsideMargins(raster.width, raster.height, margins), orientations);
}

/** Replaces the image in the kernel. */
export function loadAndHash(
  kernel: ImageKernel,
  variant: string,
  raster: Raster,
  orientations: HashedOrientations,
): VariantHashes | undefined {
  kernel.load(raster);
  return hashPart(kernel, variant, { x: 0, y: 0, width: raster.width, height: raster.height }, orientations);
}
