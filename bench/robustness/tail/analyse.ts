import { randomFrom } from '../../random.js';
import { percentile } from '../../statistics.js';
import { fitExponential, fitPareto, logLikelihood, survival, type TailModel, total } from './fit.js';
import type { Interval } from './results.js';
import { drawn, excesses, nearerThan, type TailSample } from './tail-sample.js';

export interface TailFit {
  /** Pairs that are at most the threshold apart, per pair compared. */
  readonly share: Interval;
  /** In bits. */
  readonly scale: Interval;
  readonly shape: Interval;
  /** How much more likely the generalised Pareto makes the pairs (natural logarithm), as if they were independent. */
  readonly gain: number;
  /** Variance of the share, compared with that of independent pairs. */
  readonly designEffect: number;
}

/** A query asks more hashes than its orientations. Pairs with all of them, per pair with the orientations, at `distance` or less. */
export interface Variants {
  readonly alone: TailSample;
  readonly all: TailSample;
  readonly distance: number;
}

const samples = 2_000;
/** A generalised Pareto takes longer to fit. */
const paretoSamples = 200;
const seed = 40;

export function fitTail(whole: TailSample, photographs: number, threshold: number): TailFit {
  const sample = nearerThan(whole, threshold);
  const counts = excesses(sample, threshold);
  const [exponential, pareto] = [fitExponential(counts), fitPareto(counts)];
  const share = total(counts) / sample.compared();
  const random = randomFrom(seed);
  const shares: number[] = [];
  const scales: number[] = [];
  const shapes: number[] = [];
  for (let at = 0; at < samples; at++) {
    const weights = drawn(photographs, random);
    const again = excesses(sample, threshold, weights);
    shares.push(total(again) / sample.compared(weights));
    scales.push(fitExponential(again).scale);
    if (at < paretoSamples) shapes.push(fitPareto(again).shape);
  }
  return {
    share: intervalOf(share, shares),
    scale: intervalOf(exponential.scale, scales),
    shape: intervalOf(pareto.shape, shapes),
    gain: logLikelihood(counts, pareto) - logLikelihood(counts, exponential),
    designEffect: variance(shares) / (share / sample.compared()),
  };
}

export type Model = 'exponential' | 'pareto';

/** For each of `radii`: the share of pairs in which one hash of a query is at most that far from the stored hash. */
export function shareWithin(
  whole: TailSample,
  variants: Variants,
  photographs: number,
  threshold: number,
  radii: readonly number[],
  model: Model = 'exponential',
): Interval[] {
  const sample = nearerThan(whole, threshold);
  const fitOf: (counts: readonly number[]) => TailModel = model === 'exponential' ? fitExponential : fitPareto;
  const factor = factorOf(variants);
  const shares = (weights?: ArrayLike<number>) => {
    const counts = excesses(sample, threshold, weights);
    const fitted = fitOf(counts);
    const share = (factor(weights) * total(counts)) / sample.compared(weights);
    return radii.map((radius) => share * survival(fitted, threshold - radius));
  };
  const random = randomFrom(seed);
  const repeats = model === 'exponential' ? samples : paretoSamples;
  const rows = Array.from({ length: repeats }, () => shares(drawn(photographs, random)));
  return shares().map((fitted, at) => {
    const values = rows.map((row) => row[at] ?? 0);
    return intervalOf(fitted, values);
  });
}

export function variantFactor(variants: Variants, photographs: number): Interval {
  const factor = factorOf(variants);
  const random = randomFrom(seed);
  const values = Array.from({ length: samples }, () => factor(drawn(photographs, random)));
  return intervalOf(factor(), values);
}

function factorOf({ alone, all, distance }: Variants): (weights?: ArrayLike<number>) => number {
  const [nearAlone, nearAll] = [nearerThan(alone, distance), nearerThan(all, distance)];
  return (weights) => total(excesses(nearAll, distance, weights)) / total(excesses(nearAlone, distance, weights));
}

function intervalOf(fitted: number, values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  return { fitted, low: percentile(sorted, 0.05), high: percentile(sorted, 0.95) };
}

function variance(values: readonly number[]): number {
  const mean = total(values) / values.length;
  return total(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
}
