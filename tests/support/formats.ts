import { losslessFlavours, lossyFlavours } from '../../bench/fuzz/flavours.js';
import { scene } from './photographs.js';

export interface Flavour {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The scene of a seed (tests/support/photographs.ts) in every format and flavour that Vigie decodes. */
export function everyFlavour(seed: number, width: number, height: number): Promise<Flavour[]> {
  const picture = scene(seed, width, height);
  return Promise.all(
    Object.entries({ ...losslessFlavours, ...lossyFlavours }).map(async ([name, save]) => ({
      name,
      bytes: await save(picture.clone()).toBuffer(),
    })),
  );
}
