import sharp from 'sharp';
import type { ImageKernel } from '../../../native-free-workers/hashing/image-kernel.js';
import type { Area } from '../../../native-free-workers/hashing/raster.js';
import { hammingDistance, minimumQuality } from '../../../src/domain/hash.js';
import { separability } from '../../../src/domain/hash-structure.js';
import type { Random } from '../../random.js';
import { load, type Picture } from '../picture.js';
import type { PhotographFile } from './photographs.js';

/** px of the longest side. */
const maxSide = 512;
const minSide = 32;
/** Whole photographs this near each other show the same. */
const maxSameDistance = 62;
/** The shape of a crop differs from that of its photograph by up to half of this. */
const maxStretch = 0.3;
/** Flat crops are refused, so there are up to this many attempts per crop. */
const attemptsPerCrop = 3;

export interface Photograph {
  readonly picture: Picture;
  readonly isDrawing: boolean;
}

export interface Crop {
  readonly photograph: number;
  readonly isDrawing: boolean;
  readonly area: Area;
  /** In the order of `orientations`, 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
  readonly separability: number;
}

/** Without repeated and flat ones. */
export async function differentPhotographs(files: readonly PhotographFile[], kernel: ImageKernel): Promise<Photograph[]> {
  const kept: (Photograph & { hash: string })[] = [];
  for (const { name, isDrawing, bytes } of files) {
    const picture = await load(name, sharp(bytes()), maxSide);
    kernel.load({ ...picture, channels: 3 });
    const { hashes, quality } = kernel.pdq();
    if (quality < minimumQuality || kernel.isDegenerate()) continue;
    const isKnown = kept.some(({ hash }) => hashes.some((one) => hammingDistance(one, hash) <= maxSameDistance));
    if (!isKnown && hashes[0]) kept.push({ picture, isDrawing, hash: hashes[0] });
  }
  return kept;
}

export interface CropPlan {
  readonly perPhotograph: number;
  /** Of the width and the height. */
  readonly minShare: number;
}

/** Grouped by photograph. */
export function cropsOf(photographs: readonly Photograph[], kernel: ImageKernel, plan: CropPlan, random: Random): Crop[] {
  return photographs.flatMap(({ picture, isDrawing }, photograph) => {
    kernel.load({ ...picture, channels: 3 });
    const crops: Crop[] = [];
    for (let left = attemptsPerCrop * plan.perPhotograph; left > 0 && crops.length < plan.perPhotograph; left--) {
      const area = randomArea(picture, plan.minShare, random);
      const { hashes, quality } = kernel.pdqOfPart(area);
      if (quality < minimumQuality || kernel.isDegenerate()) continue;
      crops.push({
        photograph,
        isDrawing,
        area,
        hashes: hashes.map(bytesOf),
        separability: separability(bytesOf(hashes[0] ?? '')),
      });
    }
    return crops;
  });
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

function randomArea({ width, height }: Picture, minShare: number, random: Random): Area {
  const share = minShare + (1 - minShare) * random();
  const across = Math.max(minSide, Math.round(width * share));
  const down = Math.min(height, Math.max(minSide, Math.round(height * share * (1 + (random() - 0.5) * maxStretch))));
  return {
    x: Math.floor(random() * (width - across + 1)),
    y: Math.floor(random() * (height - down + 1)),
    width: across,
    height: down,
  };
}
