import { losslessFlavours, lossyFlavours } from '../../bench/fuzz/flavours.js';
import { scene } from './photographs.js';

export interface Flavour {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A scene (photographs.ts) in every flavour that Vigie decodes. */
export function everyFlavour(seed: number, width: number, height: number): Promise<Flavour[]> {
  const picture = scene(seed, width, height);
  return Promise.all(
    Object.entries({ ...losslessFlavours, ...lossyFlavours }).map(async ([name, save]) => ({
      name,
      bytes: await save(picture.clone()).toBuffer(),
    })),
  );
}
