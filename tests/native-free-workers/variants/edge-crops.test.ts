import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgeCrops, possibleEdgeCrops, type Side, sides } from '../../../native-free-workers/variants/edge-crops.js';
import { areaInsideMargins } from '../../../native-free-workers/variants/luma-plane.js';

const side = fc.integer({ min: 200, max: 4_000 });
const sizes = fc.record({ width: side, height: side });
const opposite: Readonly<Record<Side, Side>> = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' };

/** What is left after a cut, and where it begins in the original. */
function cut({ width, height }: { width: number; height: number }, from: Side, share: number) {
  const across = from === 'left' || from === 'right';
  const lost = Math.round((across ? width : height) * share);
  return {
    width: across ? width - lost : width,
    height: across ? height : height - lost,
    x: from === 'left' ? lost : 0,
    y: from === 'top' ? lost : 0,
  };
}

describe('edgeCrops', () => {
  it('returns a part for every side that spans the whole side', () => {
    fc.assert(
      fc.property(sizes, ({ width, height }) => {
        const parts = edgeCrops(width, height);
        expect(parts.map((part) => part.side)).toEqual(sides);
        for (const part of parts) expect(part.margins[part.side]).toBe(0);
      }),
    );
  });

  it('leaves out at least 22 % and at most half of the image', () => {
    fc.assert(
      fc.property(sizes, ({ width, height }) => {
        for (const { side: kept, margins } of edgeCrops(width, height)) {
          expect(margins[opposite[kept]]).toBeGreaterThan(0.219);
          expect(margins[opposite[kept]]).toBeLessThan(0.502);
        }
      }),
    );
  });
});

describe('possibleEdgeCrops', () => {
  it('contains the part that the original enrolled, to the pixel, for any cut up to 22 %', () => {
    const crops = fc.record({
      size: sizes,
      from: fc.constantFrom(...sides),
      share: fc.double({ min: 0, max: 0.215, noNaN: true }),
    });
    fc.assert(
      fc.property(crops, ({ size, from, share }) => {
        const copy = cut(size, from, share);
        const kept = opposite[from];
        const original = edgeCrops(size.width, size.height).find((part) => part.side === kept);
        const wanted = original && areaInsideMargins(size.width, size.height, original.margins);
        const found = possibleEdgeCrops(copy.width, copy.height)
          .filter((part) => part.side === kept)
          .map(({ margins }) => areaInsideMargins(copy.width, copy.height, margins))
          .map((area) => ({ ...area, x: area.x + copy.x, y: area.y + copy.y }));
        const isSame = found.some(
          (area) =>
            Math.abs(area.x - (wanted?.x ?? 0)) <= 1 &&
            Math.abs(area.y - (wanted?.y ?? 0)) <= 1 &&
            Math.abs(area.width - (wanted?.width ?? 0)) <= 2 &&
            Math.abs(area.height - (wanted?.height ?? 0)) <= 2,
        );
        expect({ isSame, found, wanted }).toMatchObject({ isSame: true });
      }),
      { numRuns: 300 },
    );
  });

  it('returns one or two parts per side', () => {
    fc.assert(fc.property(sizes, ({ width, height }) => [4, 5, 6, 7, 8].includes(possibleEdgeCrops(width, height).length)));
  });
});
