import { minimumQuality } from '../hashing/degenerate-limits.js';
import type { HashedOrientations, ImageKernel } from '../hashing/image-kernel.js';
import type { Area, Raster } from '../hashing/raster.js';
import type { VariantHashes } from '../image-task.js';
import { areaInsideMargins, type LumaPlane, type Margins } from './luma-plane.js';

/** The image that the kernel holds. */
export interface LoadedImage {
  readonly kernel: ImageKernel;
  /** Pixels of the raster that was loaded. */
  readonly raster: { readonly width: number; readonly height: number };
  /** Pixels of the image as a viewer shows it; the raster may be a smaller copy of it. */
  readonly width: number;
  readonly height: number;
}

/** Its luma: a view that the next call of the kernel ends. */
export function lumaPlaneOf({ kernel, raster: { width, height } }: LoadedImage): LumaPlane {
  return { ...kernel.luma(), width, height };
}

/**
 * PDQ of a part under a variant's name; undefined where it is too flat, or has too few tones (`twoToneShare`) or rows, to say anything. `turns`: each is
 * a search, when looked up.
 */
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

/** As `hashPart`, of what `margins` leave. */
export function hashInsideMargins(
  { kernel, raster }: LoadedImage,
  variant: string,
  margins: Margins,
  orientations: HashedOrientations,
): VariantHashes | undefined {
  return hashPart(kernel, variant, areaInsideMargins(raster.width, raster.height, margins), orientations);
}

/** As `hashPart`, of pixels that take the place of the image in the kernel. */
export function loadAndHash(
  kernel: ImageKernel,
  variant: string,
  raster: Raster,
  orientations: HashedOrientations,
): VariantHashes | undefined {
  kernel.load(raster);
  return hashPart(kernel, variant, { x: 0, y: 0, width: raster.width, height: raster.height }, orientations);
}
