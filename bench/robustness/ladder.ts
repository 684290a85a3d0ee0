/** The ladder: each rung adds searches or stored hashes to the rung before. */
import { fullVariant } from '../../src/domain/hash.js';
import { defaultThresholds, widestThreshold } from '../../src/domain/list.js';
import type { Candidate } from '../../src/domain/verdict.js';
import { holdRadiiWith } from './known-list.js';
import type { Search } from './pipeline.js';

export interface Rung {
  readonly name: string;
  asks(search: Pick<Search, 'variant' | 'orientation' | 'negative'>): boolean;
  /** `variant` is a PDQ variant or `blockhash`. */
  stores(variant: string): boolean;
  /** Candidates beyond the thresholds of the list that this rung adds. */
  reaches?(candidate: Candidate): boolean;
}

const nothing = () => false;
const fine = /^(crop_(98|93|88|83)|tilt_(left|right)_[0-4]_5)$/;
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
    name: '+ frames removed',
    asks: ({ variant }) => variant.startsWith('deborder'),
    stores: (variant) => variant.startsWith('deborder'),
  },
  { name: '+ deskewed', asks: ({ variant }) => variant.startsWith('straight'), stores: nothing },
  { name: '+ crops', asks: nothing, stores: usual(/^crop_/) },
  { name: '+ inner 97 %', asks: ({ variant }) => variant === 'inner_97', stores: nothing },
  { name: '+ edge crops', asks: ({ variant }) => variant.startsWith('keep_'), stores: usual(/^keep_/) },
  { name: '+ tilts', asks: nothing, stores: usual(/^tilt_/) },
  { name: '+ regions', asks: ({ variant }) => variant.startsWith('region_'), stores: usual(/^region_/) },
  { name: '+ blockhash', asks: nothing, stores: (variant) => variant === 'blockhash' },
  { name: '+ bands covered', asks: ({ variant }) => variant === 'unbanded', stores: nothing },
  { name: '+ crops extended', asks: ({ variant }) => /^extended_(?!tilt)/.test(variant), stores: nothing },
  { name: '+ tilts extended', asks: ({ variant }) => variant.startsWith('extended_tilt'), stores: nothing },
  { name: '+ agreeing geometry', asks: nothing, stores: nothing, reaches: ({ mayHold }) => !mayHold },
  { name: '+ hold radius', asks: nothing, stores: nothing, reaches: ({ mayHold }) => mayHold === true },
  { name: '+ finer steps', asks: nothing, stores: (variant) => fine.test(variant) },
];

export const rungOf = (name: string): number => rungs.findIndex((rung) => rung.name === name);

export const holdRung = rungOf('+ hold radius');
export const defaultRung = holdRung;

/** The candidates that the rungs up to `last` find. */
export function upTo(last: number, candidates: readonly Candidate[]): Candidate[] {
  const taken = rungs.slice(0, last + 1);
  return candidates.filter((candidate) => {
    const { algorithm, variant, queryVariant, orientation, negative } = candidate;
    if (isBeyond(candidate) && !taken.some((rung) => rung.reaches?.(candidate))) return false;
    const stored = algorithm === 'pdq' ? variant : algorithm;
    const asked = algorithm !== 'pdq' || taken.some((rung) => rung.asks({ variant: queryVariant, orientation, negative }));
    return asked && taken.some((rung) => rung.stores(stored));
  });
}

function isBeyond({ algorithm, distance }: Candidate): boolean {
  return distance > widestThreshold(algorithm, defaultThresholds);
}

/** The candidates of entries that have only the hash of the whole image. */
export function ofOneHash(candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ algorithm, variant }) => algorithm === 'pdq' && variant === fullVariant);
}

export const entriesOfLargeList = 1_000_000;

/** In a large list far matches hold within a smaller radius than in the list of the benchmark. */
export function inLargeList(candidates: readonly Candidate[]): Candidate[] {
  const radius = holdRadiiWith(entriesOfLargeList).widest;
  return candidates.filter(({ mayHold, distance }) => !mayHold || distance <= radius);
}
