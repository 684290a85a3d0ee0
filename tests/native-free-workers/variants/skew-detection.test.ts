import { describe, expect, it } from 'vitest';
import { findSkew } from '../../../native-free-workers/variants/skew-detection.js';
import { sampleTilted, straightenedCrop } from '../../../native-free-workers/variants/tilted-rectangle.js';
import { busy, type Luma, planeOf } from './planes.js';

const [width, height] = [400, 300];

/** A picture of 400x300, tilted clockwise; only every `step`th column. */
function tilted(degrees: number, background: number, step = 1) {
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const wide = Math.round(width * cosine + height * Math.abs(sine));
  const high = Math.round(height * cosine + width * Math.abs(sine));
  const luma: Luma = (x, y) => {
    const [fromX, fromY] = [(x + 0.5) * step - wide / 2, y + 0.5 - high / 2];
    const u = fromX * cosine + fromY * sine + width / 2;
    const v = fromY * cosine - fromX * sine + height / 2;
    return u >= 0 && u < width && v >= 0 && v < height ? busy(u, v) : background;
  };
  return planeOf(Math.round(wide / step), high, luma);
}

describe('findSkew', () => {
  it.each([-5, -3, -1, 1, 2, 4, 7])('finds a picture tilted by %s degrees and its edges', (degrees) => {
    const plane = tilted(degrees, 0);
    const window = findSkew(plane, plane.width, plane.height);
    expect(((window?.angle ?? 0) * 180) / Math.PI).toBeCloseTo(degrees, 0);
    expect((window?.right ?? 0) - (window?.left ?? 0)).toBeGreaterThan(width - 6);
    expect((window?.right ?? 0) - (window?.left ?? 0)).toBeLessThan(width + 4);
    expect((window?.bottom ?? 0) - (window?.top ?? 0)).toBeGreaterThan(height - 6);
    expect((window?.bottom ?? 0) - (window?.top ?? 0)).toBeLessThan(height + 4);
  });

  it('finds it in a plane with another aspect ratio than the image', () => {
    const plane = tilted(4, 255, 2);
    const window = findSkew(plane, plane.width * 2, plane.height);
    expect(((window?.angle ?? 0) * 180) / Math.PI).toBeCloseTo(4, 0);
  });

  it('finds nothing in an upright frame or without a frame', () => {
    const framed = tilted(0, 0);
    expect(findSkew(framed, framed.width, framed.height)).toBeUndefined();
    expect(findSkew(planeOf(width, height, busy), width, height)).toBeUndefined();
  });

  it('finds nothing if the corners differ', () => {
    const plane = tilted(3, 0);
    plane.data[2 * plane.stride + 2] = 200;
    expect(findSkew(plane, plane.width, plane.height)).toBeUndefined();
  });
});

describe('sampleTilted', () => {
  const plane = planeOf(512, 512, (x) => x / 2);

  it('samples the whole upright image to 256 px', () => {
    const { data, ...shape } = sampleTilted(plane, 512, 512, { angle: 0, left: 0, top: 0, right: 512, bottom: 512 });
    expect(shape).toEqual({ width: 256, height: 256, channels: 1 });
    expect([data[0], data[100], data[255]]).toEqual([0, 100, 255]);
  });

  it('repeats the edge outside of the image', () => {
    const { data } = sampleTilted(plane, 512, 512, { angle: 0, left: -512, top: 0, right: 0, bottom: 512 });
    expect(Math.max(...data)).toBe(0);
  });
});

describe('straightenedCrop', () => {
  it.each([
    [640, 480, 5],
    [480, 640, -3.5],
    [500, 500, 2],
  ])('keeps a rectangle of the same shape inside an image of %sx%s rotated by %s degrees', (wide, high, degrees) => {
    const { angle, left, top, right, bottom } = straightenedCrop(wide, high, degrees);
    expect((right - left) / (bottom - top)).toBeCloseTo(wide / high);
    for (const u of [left, right]) {
      for (const v of [top, bottom]) {
        const x = u * Math.cos(angle) - v * Math.sin(angle);
        const y = u * Math.sin(angle) + v * Math.cos(angle);
        expect(x).toBeGreaterThan(-1e-6);
        expect(x).toBeLessThan(wide + 1e-6);
        expect(y).toBeGreaterThan(-1e-6);
        expect(y).toBeLessThan(high + 1e-6);
      }
    }
  });
});
