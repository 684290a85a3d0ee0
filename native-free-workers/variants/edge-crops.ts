/**
 * Parts that a crop of one side leaves as they are, however much it takes up to a fifth.
 *
 * Whatever is cut off the left leaves the height, so a part of `height * k` px at the right edge is the same before and after, to the pixel. `k` must
 * be the same for picture and copy, which do not know each other: it is a power of 1.25^2. A picture takes the largest that needs at most
 * 78 % of its side; its copy, which may have lost up to 22 %, tries each that could have been that. One hash a side then stands for
 * crops from 0 to 22 %, where hashes of fixed crops would need one every 4 % (measured: they forgive 2 %).
 */
import type { Margins } from './luma-plane.js';

/** In the order in which they are hashed: what is left of left and right shares its rows, which the kernel then filters once. */
export const sides = ['top', 'bottom', 'left', 'right'] as const;
export type Side = (typeof sides)[number];

const scaleStep = 1.25 ** 2;
/** Share of the side that a kept part may need. */
const maxKeptShare = 0.78;

export interface EdgeCrop {
  readonly side: Side;
  readonly margins: Margins;
}

/** Of a picture that is enrolled: one part a side. */
export function edgeCrops(width: number, height: number): EdgeCrop[] {
  return sides.map((side) => edgeCrop(side, largestExponent(maxKeptShare * ratio(side, width, height)), width, height));
}

/** Of a copy: one or two parts a side, those that the picture may have enrolled. */
export function possibleEdgeCrops(width: number, height: number): EdgeCrop[] {
  return sides.flatMap((side) => {
    const whole = ratio(side, width, height);
    const [least, most] = [largestExponent(maxKeptShare * whole), largestExponent(whole)];
    return (least === most ? [least] : [least, most]).map((exponent) => edgeCrop(side, exponent, width, height));
  });
}

/** The side that a crop shortens, in units of the one that it leaves. */
function ratio(side: Side, width: number, height: number): number {
  return side === 'left' || side === 'right' ? width / height : height / width;
}

/** The largest n for which step^n is at most `value`. */
function largestExponent(value: number): number {
  return Math.floor(Math.log(value) / Math.log(scaleStep) + 1e-9);
}

function edgeCrop(side: Side, exponent: number, width: number, height: number): EdgeCrop {
  const margin = Math.max(0, 1 - scaleStep ** exponent / ratio(side, width, height));
  const opposite = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' } as const;
  return { side, margins: { left: 0, top: 0, right: 0, bottom: 0, [opposite[side]]: margin } };
}
