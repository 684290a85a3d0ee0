/**
 * Parts that stay the same, to the pixel, if up to 22 % is cut off one side.
 *
 * A cut on the left does not change the rightmost `height * k` pixels. Picture and copy must choose the same `k`, a power of
 * 1.25^2. The picture takes the largest that needs at most 78 % of its side; the copy tries all that the picture could have
 * taken. Fixed crops tolerate 2 % each (measured), so they would need one hash every 4 %.
 */
import type { Margins } from './luma-plane.js';

/** In this order the kernel filters the rows of left and right only once. */
export const sides = ['top', 'bottom', 'left', 'right'] as const;
export type Side = (typeof sides)[number];

const scaleStep = 1.25 ** 2;
const maxKeptShare = 0.78;

export interface EdgeCrop {
  readonly side: Side;
  readonly margins: Margins;
}

export function edgeCrops(width: number, height: number): EdgeCrop[] {
  return sides.map((side) => edgeCrop(side, largestExponent(maxKeptShare * ratio(side, width, height)), width, height));
}

/** What the original of this image may have enrolled: one or two parts per side. */
export function possibleEdgeCrops(width: number, height: number): EdgeCrop[] {
  return sides.flatMap((side) => {
    const whole = ratio(side, width, height);
    const [low, high] = [largestExponent(maxKeptShare * whole), largestExponent(whole)];
    return (low === high ? [low] : [low, high]).map((exponent) => edgeCrop(side, exponent, width, height));
  });
}

/** The side that the cut shortens, divided by the side that it keeps. */
function ratio(side: Side, width: number, height: number): number {
  return side === 'left' || side === 'right' ? width / height : height / width;
}

function largestExponent(value: number): number {
  return Math.floor(Math.log(value) / Math.log(scaleStep) + 1e-9);
}

function edgeCrop(side: Side, exponent: number, width: number, height: number): EdgeCrop {
  const margin = Math.max(0, 1 - scaleStep ** exponent / ratio(side, width, height));
  const opposite = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' } as const;
  return { side, margins: { left: 0, top: 0, right: 0, bottom: 0, [opposite[side]]: margin } };
}
