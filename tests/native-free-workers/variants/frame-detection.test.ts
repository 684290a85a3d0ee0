import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFramedPictures } from '../../../native-free-workers/variants/frame-detection.js';
import { busy, framed, type Luma, planeOf } from './planes.js';

const black: Luma = () => 0;
const white: Luma = () => 255;
/** Lines of text: strokes of 3 px every 7 px, 12 px high. */
const text: Luma = (x, y) => (y % 30 < 12 && x % 7 < 3 ? 20 : 255);

describe('findFramedPictures', () => {
  it.each([2, 5, 10, 15])('finds the picture in a border of %s %', (percent) => {
    const wide = Math.round((640 * percent) / 100);
    const inner = { x: wide, y: wide, width: 640 - 2 * wide, height: 480 - 2 * wide };
    for (const level of [0, 60, 128, 255]) {
      const frame = framed(() => level, busy, inner);
      expect(findFramedPictures(planeOf(640, 480, frame))).toEqual([inner]);
    }
  });

  it('finds the picture of a letterbox and of a pillarbox', () => {
    const wide = { x: 0, y: 100, width: 640, height: 280 };
    const tall = { x: 210, y: 0, width: 220, height: 480 };
    expect(findFramedPictures(planeOf(640, 480, framed(black, busy, wide)))).toEqual([wide]);
    expect(findFramedPictures(planeOf(640, 480, framed(black, busy, tall)))).toEqual([tall]);
  });

  it('finds the picture anywhere, to the pixel', () => {
    const place = fc.record({
      x: fc.integer({ min: 8, max: 200 }),
      y: fc.integer({ min: 8, max: 150 }),
      width: fc.integer({ min: 120, max: 400 }),
      height: fc.integer({ min: 120, max: 300 }),
    });
    fc.assert(
      fc.property(place, (inner) => {
        expect(findFramedPictures(planeOf(640, 480, framed(white, busy, inner)))).toContainEqual(inner);
      }),
      { numRuns: 40 },
    );
  });

  it('finds the picture among lines of text', () => {
    const inner = { x: 20, y: 150, width: 300, height: 200 };
    const beside: Luma = (x, y) => (y > 40 && y < 420 && ((x > 340 && x < 600) || y < 140) ? text(x, y) : 255);
    expect(findFramedPictures(planeOf(640, 480, framed(beside, busy, inner)))).toEqual([inner]);
  });

  it('finds the picture under a caption without other borders', () => {
    const inner = { x: 0, y: 90, width: 640, height: 390 };
    const caption: Luma = (x, y) => (y > 20 && y < 70 ? text(x, y) : 255);
    expect(findFramedPictures(planeOf(640, 480, framed(caption, busy, inner)))).toEqual([inner]);
  });

  it('treats dust and ringing as background', () => {
    const inner = { x: 64, y: 48, width: 512, height: 384 };
    const dusty: Luma = (x, y) => ((x * 7 + y * 13) % 211 === 0 ? 90 : 8 + ((x + y) % 9));
    expect(findFramedPictures(planeOf(640, 480, framed(dusty, busy, inner)))).toEqual([inner]);
  });

  it('finds nothing in a picture without a frame', () => {
    expect(findFramedPictures(planeOf(640, 480, busy))).toEqual([]);
  });

  it('finds nothing in one colour or in a button on it', () => {
    expect(findFramedPictures(planeOf(640, 480, white))).toEqual([]);
    expect(findFramedPictures(planeOf(640, 480, framed(white, busy, { x: 300, y: 200, width: 60, height: 30 })))).toEqual([]);
  });

  it('finds nothing in an image too small for a frame', () => {
    expect(findFramedPictures(planeOf(20, 15, black))).toEqual([]);
  });

  it('may mistake a plain sky for a frame', () => {
    const sky = framed(() => 200, busy, { x: 0, y: 200, width: 640, height: 280 });
    expect(findFramedPictures(planeOf(640, 480, sky))).toHaveLength(1);
  });
});
