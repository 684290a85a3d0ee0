/** Fits the tail of distances. Distances of full hashes are even, so all steps are of 2 bits. */

/** Of the pairs at most `threshold` apart, which share is at most `threshold` - 2 * step apart. */
export interface TailModel {
  /** Bits in which the tail falls to 1/e; at the threshold, for a generalised Pareto. */
  readonly scale: number;
  /** Of a generalised Pareto: below 0 the tail ends, above 0 it is heavier than an exponential. 0 for an exponential. */
  readonly shape: number;
}

export const stepBits = 2;

/** Weighted counts by steps below the threshold: index 0 are the pairs at the threshold and the odd distance below it. */
export type Excesses = readonly number[];

export function total(counts: Excesses): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Maximum likelihood, in closed form: the steps have a geometric distribution. */
export function fitExponential(counts: Excesses): TailModel {
  const mean = counts.reduce((sum, count, step) => sum + count * step, 0) / Math.max(1, total(counts));
  return { scale: mean === 0 ? 0 : -stepBits / Math.log(mean / (1 + mean)), shape: 0 };
}

const shapes = Array.from({ length: 51 }, (_, at) => (at - 25) / 50);
const scales = Array.from({ length: 100 }, (_, at) => 1.5 * 1.02 ** at);

/** Maximum likelihood over a grid: shapes from -0.5 to 0.5, scales from 1.5 to 10.7 bits. */
export function fitPareto(counts: Excesses): TailModel {
  let best: TailModel = { scale: 0, shape: 0 };
  let highest = -Infinity;
  for (const shape of shapes) {
    for (const scale of scales) {
      const reached = logLikelihood(counts, { scale, shape });
      if (reached <= highest) continue;
      best = { scale, shape };
      highest = reached;
    }
  }
  return best;
}

export function logLikelihood(counts: Excesses, model: TailModel): number {
  let sum = 0;
  let reaches = 1;
  const last = counts.findLastIndex((count) => count > 0);
  for (const [step, count] of counts.slice(0, last + 1).entries()) {
    const next = survival(model, (step + 1) * stepBits);
    if (count > 0) sum += count * Math.log(Math.max(Number.MIN_VALUE, reaches - next));
    reaches = next;
  }
  return sum;
}

/** Share of the excesses of `bits` or more. */
export function survival({ scale, shape }: TailModel, bits: number): number {
  if (scale === 0) return bits === 0 ? 1 : 0;
  if (shape === 0) return Math.exp(-bits / scale);
  return Math.max(0, 1 + (shape * bits) / scale) ** (-1 / shape);
}
