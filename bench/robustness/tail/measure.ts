import { loadImageKernel } from '../../../native-free-workers/hashing/load-image-kernel.js';
import { randomFrom } from '../../random.js';
import { type Crop, type CropPlan, cropsOf, differentPhotographs, type Photograph } from './crops.js';
import { type NearPair, nearPairs, orientationsOf } from './near-pairs.js';
import { photographFiles } from './photographs.js';
import { queryHashesOf } from './query-hashes.js';

export interface Collection {
  readonly crops: readonly Crop[];
  readonly near: readonly NearPair[];
}

export interface Measured {
  readonly photographs: readonly Photograph[];
  readonly usual: Collection;
  readonly large: Collection;
  /** Some crops of `usual` as queries, by their orientations alone and by all hashes of a query. */
  readonly queries: number;
  readonly hashesPerQuery: number;
  readonly alone: readonly NearPair[];
  readonly all: readonly NearPair[];
}

const seed = 39;
/** Every so manyth crop is a query: a query takes 45 ms, because its picture is sampled 27 times. */
const cropsPerQuery = 80;
export const largeShare = 0.85;
export const usualShare = 0.55;

export async function measure(root: string, perPhotograph: number, log: (text: string) => void): Promise<Measured> {
  const kernel = await loadImageKernel();
  const photographs = await differentPhotographs(photographFiles(root), kernel);
  log(`${photographs.length} photographs`);
  const collect = async (plan: CropPlan): Promise<Collection> => {
    const crops = cropsOf(photographs, kernel, plan, randomFrom(seed));
    const near = await nearPairs(crops, [...crops.keys()], orientationsOf, 'later');
    log(`${crops.length} crops compared`);
    return { crops, near };
  };
  const usual = await collect({ perPhotograph, minShare: usualShare });
  const large = await collect({ perPhotograph: Math.ceil(perPhotograph / 2), minShare: largeShare });
  const queries = [...usual.crops.keys()].filter((at) => at % cropsPerQuery === 0);
  const hashes = new Map<Crop, readonly Uint8Array[]>();
  for (const query of queries) {
    const crop = usual.crops[query];
    const picture = crop && photographs[crop.photograph]?.picture;
    if (picture) hashes.set(crop, queryHashesOf(picture, crop.area, kernel));
  }
  log(`${queries.length} queries hashed`);
  return {
    photographs,
    usual,
    large,
    queries: queries.length,
    hashesPerQuery: [...hashes.values()].reduce((sum, { length }) => sum + length, 0) / queries.length,
    alone: await nearPairs(usual.crops, queries, orientationsOf, 'both'),
    all: await nearPairs(usual.crops, queries, (crop) => hashes.get(crop) ?? [], 'both'),
  };
}
