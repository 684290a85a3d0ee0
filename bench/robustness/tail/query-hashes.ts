/** All hashes that one query compares with whole pictures: its orientations, its variants, and pictures as before a cut or a tilt. */

import type { ImageKernel } from '../../../native-free-workers/hashing/image-kernel.js';
import type { Area, Raster } from '../../../native-free-workers/hashing/raster.js';
import { type LoadedImage, loadAndHash, lumaPlaneOf } from '../../../native-free-workers/variants/hash-part.js';
import type { LumaPlane, Margins } from '../../../native-free-workers/variants/luma-plane.js';
import { queryVariants } from '../../../native-free-workers/variants/query-variants.js';
import { sampleTilted, straightenedCrop, type TiltedRectangle } from '../../../native-free-workers/variants/tilted-rectangle.js';
import { isRegion } from '../../../src/domain/hash.js';
import type { Picture } from '../picture.js';
import { bytesOf } from './crops.js';

/** Of the width and height, added to all sides or to one. */
const addedAround = [0.025, 0.05, 0.075, 0.1, 0.125];
const addedToOneSide = [0.05, 0.1, 0.15, 0.2];
const tilts = [-4.5, -3, -1.5, 1.5, 3, 4.5];

/** The orientations are among them. Upright unless the service asks a variant in all orientations. */
export function queryHashesOf(picture: Picture, area: Area, kernel: ImageKernel): Uint8Array[] {
  const raster = cutOut(picture, area);
  const image: LoadedImage = { kernel, raster, width: raster.width, height: raster.height };
  kernel.load(raster);
  const { hashes } = kernel.pdq();
  const variants = queryVariants(image).filter(({ variant }) => !isRegion(variant));
  kernel.load(raster);
  const plane = copied(lumaPlaneOf(image));
  const widened = windows(raster).flatMap(
    (window) => loadAndHash(kernel, 'widened', sampleTilted(plane, raster.width, raster.height, window), 'upright')?.hashes ?? [],
  );
  return [...hashes, ...variants.flatMap((variant) => variant.hashes), ...widened].map(bytesOf);
}

function cutOut({ data, width }: Picture, { x, y, width: across, height: down }: Area): Raster {
  const cut = new Uint8Array(across * down * 3);
  for (let row = 0; row < down; row++) {
    const from = ((y + row) * width + x) * 3;
    cut.set(data.subarray(from, from + across * 3), row * across * 3);
  }
  return { data: cut, width: across, height: down, channels: 3 };
}

function copied(plane: LumaPlane): LumaPlane {
  return { ...plane, data: plane.data.slice() };
}

/** Larger than the picture, whose edge repeats; and tilted. */
function windows({ width, height }: Raster): TiltedRectangle[] {
  const none: Margins = { left: 0, top: 0, right: 0, bottom: 0 };
  const around = addedAround.map((share) => ({ left: share, top: share, right: share, bottom: share }));
  const oneSide = addedToOneSide.flatMap((share) =>
    (['left', 'top', 'right', 'bottom'] as const).map((side) => ({ ...none, [side]: share })),
  );
  const larger = [...around, ...oneSide].map(({ left, top, right, bottom }) => ({
    angle: 0,
    left: -left * width,
    top: -top * height,
    right: (1 + right) * width,
    bottom: (1 + bottom) * height,
  }));
  return [...larger, ...tilts.map((degrees) => straightenedCrop(width, height, degrees))];
}
