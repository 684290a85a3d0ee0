/**
 * Finds a picture that lies askew on an even ground, as scans and turned pictures with empty corners do.
 *
 * From each side it looks inward at 33 places until something else than ground comes. A turned picture gives four straight edges of the same
 * slope (median over pairs of places, Theil 1950, which forgives a third of them: corners, and parts as dark as the ground).
 */
import type { LumaPlane } from './luma-plane.js';
import type { TiltedRectangle } from './tilted-rectangle.js';

const places = 33;
/** Grey levels around the ground's that still are ground. */
const tolerance = 18;
/** Looked at in shares of the side: corners of a turned picture lie outside of the middle 80 %. */
const middle = { from: 0.1, to: 0.9 };
const deepest = 0.3;
const minFound = 0.6;
/** Radians. Under a third of a degree PDQ does not mind; past nine nobody turns by mistake. */
const minAngle = 0.006;
const maxAngle = 0.16;
/** Slopes that agree: half a degree. Three of four sides must. */
const agreement = 0.008;

interface Edge {
  /** In true pixels. */
  readonly points: readonly (readonly [number, number])[];
  /** Tangent of the picture's angle. */
  readonly slope: number;
}

/** The picture's own rectangle, in true pixels of an image of `width` x `height`; undefined where nothing lies askew. */
export function findSkew(plane: LumaPlane, width: number, height: number): TiltedRectangle | undefined {
  const ground = groundOfCorners(plane);
  if (ground === undefined) return undefined;
  const scale = [width / plane.width, height / plane.height] as const;
  const [top, bottom, left, right] = (['top', 'bottom', 'left', 'right'] as const).map((side) =>
    edgeOf(plane, side, ground, scale),
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

/** The level that all four corners share. */
function groundOfCorners({ data, stride, width, height }: LumaPlane): number | undefined {
  if (width < places || height < places) return undefined;
  const corners = [2, width - 3].flatMap((x) => [2, height - 3].map((y) => data[y * stride + x] ?? 0));
  const ground = median(corners);
  return corners.every((level) => Math.abs(level - ground) <= tolerance) ? ground : undefined;
}

function edgeOf(
  plane: LumaPlane,
  side: 'top' | 'bottom' | 'left' | 'right',
  ground: number,
  scale: readonly [number, number],
): Edge | undefined {
  const { data, stride, width, height } = plane;
  const isAcross = side === 'top' || side === 'bottom';
  const isFirst = side === 'top' || side === 'left';
  const [length, depth] = isAcross ? [width, height] : [height, width];
  const points: [number, number][] = [];
  for (let place = 0; place < places; place++) {
    const at = Math.round((middle.from + ((middle.to - middle.from) * place) / (places - 1)) * (length - 1));
    for (let step = 0; step < depth * deepest; step++) {
      const inward = isFirst ? step : depth - 1 - step;
      const level = (isAcross ? data[inward * stride + at] : data[at * stride + inward]) ?? 0;
      if (Math.abs(level - ground) <= tolerance) continue;
      const edge = isFirst ? step : depth - step;
      const [x, y] = isAcross ? [at + 0.5, edge] : [edge, at + 0.5];
      points.push([x * scale[0], y * scale[1]]);
      break;
    }
  }
  return points.length < places * minFound ? undefined : { points, slope: slopeOf(points, isAcross) };
}

/** Of places at least four apart: nearer ones differ by less than a pixel. */
function slopeOf(points: Edge['points'], isAcross: boolean): number {
  const slopes = points.flatMap(([x, y], at) =>
    points.slice(at + 4).map(([otherX, otherY]) => (isAcross ? (otherY - y) / (otherX - x) : (x - otherX) / (otherY - y))),
  );
  return median(slopes);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
