/**
 * Finds a picture that is tilted on an even background, such as a scan. From each side it walks inward at 33 places until the
 * background ends. The four edges must have one slope, a median over pairs of places (Theil 1950), which tolerates a third of
 * wrong ones.
 */
import type { LumaPlane } from './luma-plane.js';
import type { TiltedRectangle } from './tilted-rectangle.js';

const places = 33;
/** In grey levels. The second one tells the dark parts of a picture from black corners. */
const tolerances = [18, 5];
/** The corners of a tilted picture lie outside the middle 80 %. */
const middle = { from: 0.1, to: 0.9 };
const maxDepthShare = 0.3;
/** A picture that was turned and cut to its own size keeps half of each edge. */
const minFoundShare = 0.27;
/** Radians. PDQ tolerates a third of a degree, and nobody tilts by nine by mistake. */
const minAngle = 0.006;
const maxAngle = 0.16;
/** Half a degree, for the slopes of three of the four sides. */
const agreement = 0.008;

interface Edge {
  readonly points: readonly (readonly [number, number])[];
  /** Tangent of the angle. */
  readonly slope: number;
}

/** In pixels of the image (`width` x `height`). */
export function findSkew(plane: LumaPlane, width: number, height: number): TiltedRectangle | undefined {
  for (const tolerance of tolerances) {
    const found = findSkewWithin(tolerance, plane, width, height);
    if (found) return found;
  }
  return undefined;
}

function findSkewWithin(tolerance: number, plane: LumaPlane, width: number, height: number): TiltedRectangle | undefined {
  const background = backgroundOfCorners(plane, tolerance);
  if (background === undefined) return undefined;
  const scale = [width / plane.width, height / plane.height] as const;
  const [top, bottom, left, right] = (['top', 'bottom', 'left', 'right'] as const).map((side) =>
    edgeOf(plane, side, { background, tolerance }, scale),
  );
  if (!top || !bottom || !left || !right) return undefined;
  const slopes = [top, bottom, left, right].map(({ slope }) => slope).sort((a, b) => a - b);
  const slope = ((slopes[1] ?? 0) + (slopes[2] ?? 0)) / 2;
  const angle = Math.atan(slope);
  const agreeing = slopes.filter((one) => Math.abs(one - slope) < agreement).length;
  if (agreeing < 3 || Math.abs(angle) < minAngle || Math.abs(angle) > maxAngle) return undefined;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const across = ({ points }: Edge) => median(points.map(([x, y]) => y * cosine - x * sine));
  const along = ({ points }: Edge) => median(points.map(([x, y]) => x * cosine + y * sine));
  return { angle, left: along(left), top: across(top), right: along(right), bottom: across(bottom) };
}

function backgroundOfCorners({ data, stride, width, height }: LumaPlane, tolerance: number): number | undefined {
  if (width < places || height < places) return undefined;
  const corners = [2, width - 3].flatMap((x) => [2, height - 3].map((y) => data[y * stride + x] ?? 0));
  const background = median(corners);
  return corners.every((level) => Math.abs(level - background) <= tolerance) ? background : undefined;
}

function edgeOf(
  plane: LumaPlane,
  side: 'top' | 'bottom' | 'left' | 'right',
  { background, tolerance }: { readonly background: number; readonly tolerance: number },
  scale: readonly [number, number],
): Edge | undefined {
  const { data, stride, width, height } = plane;
  const isAcross = side === 'top' || side === 'bottom';
  const isFirst = side === 'top' || side === 'left';
  const [length, depth] = isAcross ? [width, height] : [height, width];
  const points: [number, number][] = [];
  for (let place = 0; place < places; place++) {
    const at = Math.round((middle.from + ((middle.to - middle.from) * place) / (places - 1)) * (length - 1));
    for (let step = 0; step < depth * maxDepthShare; step++) {
      const inward = isFirst ? step : depth - 1 - step;
      const level = (isAcross ? data[inward * stride + at] : data[at * stride + inward]) ?? 0;
      if (Math.abs(level - background) <= tolerance) continue;
      // The edge of the picture lies outside the image here.
      if (step === 0) break;
      const edge = isFirst ? step : depth - step;
      const [x, y] = isAcross ? [at + 0.5, edge] : [edge, at + 0.5];
      points.push([x * scale[0], y * scale[1]]);
      break;
    }
  }
  return points.length < places * minFoundShare ? undefined : { points, slope: slopeOf(points, isAcross) };
}

/** Places closer than four differ by less than a pixel. */
function slopeOf(points: Edge['points'], isAcross: boolean): number {
  const slopes = points.flatMap(([x, y], at) =>
    points.slice(at + 4).map(([otherX, otherY]) => (isAcross ? (otherY - y) / (otherX - x) : (x - otherX) / (otherY - y))),
  );
  return median(slopes);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
