import { maxRichSeparability } from '../../../src/domain/hash-structure.js';
import { describeEnvironment } from '../../environment.js';
import { percentile } from '../../statistics.js';
import { fitTail, shareWithin, type Variants, variantFactor } from './analyse.js';
import type { Collection, Measured } from './measure.js';
import type { DistanceCount, Interval, Tail } from './results.js';
import { nearerThan, type Structure, type TailSample, tailSample } from './tail-sample.js';

/** Of uploads. */
const budget = 1e-4;
const million = 1e6;
/**
 * The shape of a generalised Pareto is 0 here, so the tail is an exponential. From higher thresholds the tail falls faster, and a fit there
 * would promise too much; lower ones have too few pairs.
 */
const threshold = 80;
const thresholds = [76, 80, 84, 88];
/** There are enough pairs for the factor of the variants; it does not change with the distance beyond the error. */
const factorDistance = 88;
const radii = Array.from({ length: 13 }, (_, at) => 32 + 2 * at);
const simpleRadii = [20, 24, 28, 31];
const wideRadii = Array.from({ length: 31 }, (_, at) => 2 * at);
const limits = [100, 104, 108, 112, 116, 120, 128, 256];
const shownDistances = [52, 56, 58, 60, 64, 68, 72, 76, 80, 84, 88];

export function summarise(measured: Measured): Tail {
  const { photographs, usual, large, queries, hashesPerQuery } = measured;
  const separabilities = usual.crops.map(({ separability }) => separability).toSorted((a, b) => a - b);
  const rich = samplesOf(measured, 'rich', maxRichSeparability);
  const largeRich = tailSample(large.crops, large.near, 'rich', maxRichSeparability);
  const bounds = shareWithin(rich.sample, rich.variants, photographs.length, threshold, radii);
  const radius = widestOf(radii, bounds, 'high');
  const heavy = shareWithin(rich.sample, rich.variants, photographs.length, threshold, [radius], 'pareto');
  return {
    environment: describeEnvironment('Hashes do not depend on the machine.'),
    photographs: photographs.length,
    drawings: photographs.filter(({ isDrawing }) => isDrawing).length,
    crops: usual.crops.length,
    separability: {
      limit: maxRichSeparability,
      median: percentile(separabilities, 0.5),
      p95: percentile(separabilities, 0.95),
      highest: separabilities.at(-1) ?? 0,
    },
    threshold,
    queries: { count: queries, hashes: hashesPerQuery, distance: factorDistance },
    rich: classOf(measured, 'rich', [...simpleRadii, ...radii]),
    simple: classOf(measured, 'simple', simpleRadii),
    fits: thresholds.map((one) => fitAt(rich, photographs.length, one)),
    limits: limits.map((limit) => limitOf(measured, limit)),
    large: {
      crops: large.crops.length,
      compared: largeRich.compared(),
      counts: countsOf(largeRich),
      scale: fitTail(largeRich, photographs.length, factorDistance).scale,
    },
    heavy: { radius, share: heavy[0] ?? { fitted: 0, low: 0, high: 0 } },
    largestLists: bounds.map((share, at) => ({ radius: radii[at] ?? 0, hashes: roundedDown(budget / share.high) })),
  };
}

interface Samples {
  readonly sample: TailSample;
  readonly variants: Variants;
}

function samplesOf({ usual, alone, all }: Measured, structure: Structure, maxSeparability: number): Samples {
  const of = (near: Collection['near']) => tailSample(usual.crops, near, structure, maxSeparability);
  return { sample: of(usual.near), variants: { alone: of(alone), all: of(all), distance: factorDistance } };
}

function classOf(measured: Measured, structure: Structure, wanted: readonly number[]): Tail['rich'] {
  const { sample, variants } = samplesOf(measured, structure, maxRichSeparability);
  const shares = shareWithin(sample, variants, measured.photographs.length, threshold, wanted);
  return {
    compared: sample.compared(),
    counts: countsOf(sample),
    variantFactor: variantFactor(variants, measured.photographs.length),
    within: shares.map((share, at) => ({ radius: wanted[at] ?? 0, share })),
  };
}

function fitAt({ sample, variants }: Samples, photographs: number, at: number): Tail['fits'][number] {
  const within = (model: 'exponential' | 'pareto') => shareWithin(sample, variants, photographs, at, wideRadii, model);
  const [exponential, pareto] = [within('exponential'), within('pareto')];
  return {
    threshold: at,
    pairs: nearerThan(sample, at).near.length,
    ...fitTail(sample, photographs, at),
    radius: {
      bound: widestOf(wideRadii, exponential, 'high'),
      fitted: widestOf(wideRadii, exponential, 'fitted'),
      pareto: widestOf(wideRadii, pareto, 'fitted'),
      paretoBound: widestOf(wideRadii, pareto, 'high'),
    },
  };
}

/** For a million hashes. */
function widestOf(wanted: readonly number[], shares: readonly Interval[], value: 'fitted' | 'high'): number {
  return wanted.findLast((_, at) => million * (shares[at]?.[value] ?? 1) <= budget) ?? 0;
}

function limitOf(measured: Measured, limit: number): Tail['limits'][number] {
  const { sample, variants } = samplesOf(measured, 'rich', limit);
  const shares = shareWithin(sample, variants, measured.photographs.length, threshold, wideRadii);
  const { crops } = measured.usual;
  return {
    limit,
    crops: crops.filter(({ separability }) => separability <= limit).length / crops.length,
    radius: widestOf(wideRadii, shares, 'high'),
  };
}

function countsOf({ near }: TailSample): DistanceCount[] {
  return shownDistances.map((distance) => {
    const within = near.filter(([, , one]) => one <= distance);
    const photographPairs = new Set(within.map(([one, other]) => `${Math.min(one, other)} ${Math.max(one, other)}`)).size;
    return { distance, pairs: within.length, photographPairs };
  });
}

/** To two digits. */
function roundedDown(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.floor(value / unit) * unit;
}
