/** The rungs of the ladder: what is searched and what is stored, each adding to the one before. */
import type { Candidate } from '../../src/domain/verdict.js';
import type { Search } from './pipeline.js';

export interface Rung {
  readonly name: string;
  /** Searches of a query that this rung adds. */
  asks(search: Search): boolean;
  /** Hashes of an entry that it adds, by variant, or `blockhash`. */
  stores(variant: string): boolean;
}

const nothing = () => false;
const fine = /^(crop_(98|93|88|83)|tilt_(left|right)_(1|2_7|4_2))$/;
const usual = (pattern: RegExp) => (variant: string) => pattern.test(variant) && !fine.test(variant);

export const rungs: readonly Rung[] = [
  {
    name: 'PDQ alone',
    asks: ({ variant, orientation, negative }) => variant === 'full' && orientation === 'identity' && !negative,
    stores: (variant) => variant === 'full',
  },
  { name: '+ 8 orientations', asks: ({ variant, negative }) => variant === 'full' && !negative, stores: nothing },
  { name: '+ negative', asks: ({ variant }) => variant === 'full', stores: nothing },
  {
    name: '+ frames cut off',
    asks: ({ variant }) => variant.startsWith('deborder'),
    stores: (variant) => variant.startsWith('deborder'),
  },
  { name: '+ set straight', asks: ({ variant }) => variant === 'straight', stores: nothing },
  { name: '+ crops', asks: nothing, stores: usual(/^crop_/) },
  { name: '+ inner 97 %', asks: ({ variant }) => variant === 'inner_97', stores: nothing },
  { name: '+ kept sides', asks: ({ variant }) => variant.startsWith('keep_'), stores: usual(/^keep_/) },
  { name: '+ tilts', asks: nothing, stores: usual(/^tilt_/) },
  { name: '+ regions', asks: ({ variant }) => variant.startsWith('region_'), stores: usual(/^region_/) },
  { name: '+ blockhash', asks: nothing, stores: (variant) => variant === 'blockhash' },
  { name: '+ finer steps', asks: nothing, stores: (variant) => fine.test(variant) },
];

/** What the service does by default. */
export const defaultRung = rungs.findIndex(({ name }) => name === '+ blockhash');

/** `sightings` of what is stored and asked up to rung `last`. */
export function upTo(last: number, candidates: readonly Candidate[]): Candidate[] {
  const taken = rungs.slice(0, last + 1);
  return candidates.filter(({ algorithm, variant, queryVariant, orientation, negative }) => {
    const stored = algorithm === 'pdq' ? variant : algorithm;
    const asked = algorithm !== 'pdq' || taken.some((rung) => rung.asks({ variant: queryVariant, orientation, negative }));
    return asked && taken.some((rung) => rung.stores(stored));
  });
}

/** Of an entry that came as one hash, by everything that is asked by default. */
export function ofOneHash(candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ algorithm, variant }) => algorithm === 'pdq' && variant === 'full');
}
