/** Where the 64x64 samples of a tilted picture lie in a plane of 128x128 means, both seen as unit squares. */

const plane = 128;
const side = 64;
/** PDQ's even windows lean right by 0.75/512 of the side (docs/decisions/0016-size-of-hashed-images.md). */
const lean = 0.75 / 512;

export interface TiltedSteps {
  readonly x: number;
  readonly dx: number;
  readonly ex: number;
  readonly y: number;
  readonly dy: number;
  readonly ey: number;
}

/**
 * Sample (row, column) is the plane at x + column dx + row ex, y + column dy + row ey.
 *
 * @param degrees how far the copy was turned, clockwise
 * @param share of the original's sides that the copy shows
 * @param aspect width of the copy divided by its height
 */
export function tiltedSteps(degrees: number, share: number, aspect: number): TiltedSteps {
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle) / share, Math.sin(angle) / share];
  const step = plane / side;
  const first = 0.5 / side + lean - 0.5;
  const middle = plane / 2 - 0.5;
  return {
    x: middle + plane * first * (cosine - sine / aspect),
    dx: step * cosine,
    ex: (-step * sine) / aspect,
    y: middle + plane * first * (sine * aspect + cosine),
    dy: step * sine * aspect,
    ey: step * cosine,
  };
}
