/** The time to hash a query, by the rung of the ladder that needs the hashes. */
import { normalise } from '../../native-free-workers/decoding/normalise.js';
import type { Normalised } from '../../native-free-workers/decoding/normalised.js';
import type { ImageKernel } from '../../native-free-workers/hashing/image-kernel.js';
import { loadImageKernel } from '../../native-free-workers/hashing/load-image-kernel.js';
import type { Raster } from '../../native-free-workers/hashing/raster.js';
import type { VariantHashes } from '../../native-free-workers/image-task.js';
import { hashFramedPictures } from '../../native-free-workers/variants/deborder.js';
import { possibleEdgeCrops } from '../../native-free-workers/variants/edge-crops.js';
import { extendedVariants, unbandedVariant } from '../../native-free-workers/variants/extended.js';
import { findFramedPictures } from '../../native-free-workers/variants/frame-detection.js';
import { hashInsideMargins, loadAndHash, lumaPlaneOf } from '../../native-free-workers/variants/hash-part.js';
import { centredMargins } from '../../native-free-workers/variants/luma-plane.js';
import { regions } from '../../native-free-workers/variants/regions.js';
import { findSkew } from '../../native-free-workers/variants/skew-detection.js';
import { innerPart, sampleTilted } from '../../native-free-workers/variants/tilted-rectangle.js';
import { median } from '../statistics.js';
import { rungs } from './ladder.js';

const runs = 7;
const warmUpRuns = 2;
const limits = { maxPixels: 100_000_000, maxFrames: 1 };

export interface HashingStep {
  readonly rung: string;
  hash(): readonly (VariantHashes | undefined)[];
}

type Picture = Pick<Normalised, 'width' | 'height'> & { readonly raster: Raster };

const nothing = { hashes: [], quality: 0 };

/** The steps of `queryVariants`, in an order in which the kernel loads the picture only once. */
export function hashingSteps(kernel: ImageKernel, { raster, width, height }: Picture): HashingStep[] {
  const image = { kernel, raster, width, height };
  let frames: ReturnType<typeof findFramedPictures> = [];
  let straight: Raster | undefined;
  let inner: Raster | undefined;
  return [
    {
      // PDQ hashes all eight orientations at once.
      rung: 'PDQ alone',
      hash: () => {
        kernel.load(raster);
        return [{ variant: 'full', ...kernel.pdq() }];
      },
    },
    {
      rung: '+ blockhash',
      hash: () => {
        kernel.blockhashes();
        return [];
      },
    },
    {
      rung: '+ frames removed',
      hash: () => {
        frames = findFramedPictures(lumaPlaneOf(image));
        return hashFramedPictures(image, frames, 'all');
      },
    },
    {
      rung: '+ deskewed',
      hash: () => {
        const plane = lumaPlaneOf(image);
        const skew = findSkew(plane, width, height);
        straight = skew && sampleTilted(plane, width, height, skew);
        inner = skew && sampleTilted(plane, width, height, innerPart(skew));
        return [];
      },
    },
    { rung: '+ inner 97 %', hash: () => [hashInsideMargins(image, 'inner_97', centredMargins(0.97), 'all')] },
    {
      rung: '+ edge crops',
      hash: () =>
        possibleEdgeCrops(width, height).map(({ side, margins }) => hashInsideMargins(image, `keep_${side}`, margins, 'upright')),
    },
    {
      rung: '+ crops extended',
      hash: () => extendedVariants({ ...image, kernel: { ...kernel, pdqTilted: () => nothing } }),
    },
    {
      rung: '+ tilts extended',
      hash: () => extendedVariants({ ...image, kernel: { ...kernel, pdqExtended: () => nothing } }),
    },
    { rung: '+ bands covered', hash: () => [frames[0] && unbandedVariant(image, frames[0])] },
    {
      rung: '+ regions',
      hash: () => regions.map(({ variant, margins }) => hashInsideMargins(image, variant, margins, 'upright')),
    },
    {
      rung: '+ deskewed',
      hash: () => [
        straight && loadAndHash(kernel, 'straight', straight, 'all'),
        inner && loadAndHash(kernel, 'straight_inner', inner, 'upright'),
      ],
    },
  ];
}

/** ms per query of each rung and those before. The median of a few runs, and the mean over the files. */
export async function measureHashing(files: readonly Buffer[]): Promise<number[]> {
  const kernel = await loadImageKernel();
  const own = new Map(rungs.map(({ name }) => [name, 0]));
  for (const bytes of files) {
    const image = await normalise(bytes, limits);
    const raster = 'frames' in image ? image.frames[0]?.raster : undefined;
    if (!raster || !('frames' in image)) continue;
    const steps = hashingSteps(kernel, { raster, width: image.width, height: image.height });
    const times = steps.map((): number[] => []);
    for (let run = -warmUpRuns; run < runs; run++) {
      for (const [at, { hash }] of steps.entries()) {
        const began = performance.now();
        hash();
        if (run >= 0) times[at]?.push(performance.now() - began);
      }
    }
    for (const [at, { rung }] of steps.entries()) own.set(rung, (own.get(rung) ?? 0) + median(times[at] ?? []) / files.length);
  }
  let sum = 0;
  return rungs.map(({ name }) => {
    sum += own.get(name) ?? 0;
    return sum;
  });
}
