/**
 * Finds the picture inside a frame: borders, letterboxes, captions, screenshots with text.
 *
 * An XY-cut (Nagy and Seth, 1984): background rows cut the image into slices, and the tallest is kept; then columns cut that
 * slice, until nothing changes. Text falls away because its lines are low. The background is the colour of most of one side. A
 * plain sky at the edge looks like a frame, so the result never replaces the whole.
 */
import type { Area } from '../hashing/raster.js';
import type { LumaPlane } from './luma-plane.js';

/** In grey levels. JPEG at quality 30 rings by about 10. */
const tolerance = 12;
/** For dust, ringing, the corner of a scroll bar. */
const maxStrayShare = 0.015;
/** Less than the whole side, because of toolbars. */
const minBackgroundShare = 0.85;
/** The space between two lines of text cuts, a hairline does not. */
const gapShare = 0.008;
const minGap = 3;
/** A smaller area is a button. */
const minShare = 0.04;
const minSide = 32;
const sameEdgeShare = 0.006;
/** Most bands and pages are black or white. Another colour needs two sides that agree. */
const maxDark = 20;
const minLight = 235;
const maxRounds = 4;

/** Up to two candidates, the more likely one first. */
export function findFramedPictures(plane: LumaPlane): Area[] {
  const whole = { x: 0, y: 0, width: plane.width, height: plane.height };
  const sides = backgroundsOfSides(plane);
  const likely = sides.filter(
    (background) => isPageColour(background) || sides.filter((other) => isNear(other, background)).length > 1,
  );
  const found: Area[] = [];
  for (const backgrounds of [likely, sides]) {
    if (backgrounds.length === 0) continue;
    const area = cut(plane, whole, backgrounds);
    const isNew = area && [whole, ...found].every((other) => !isSame(area, other, plane));
    if (isNew) found.push(area);
  }
  return found;
}

/** The ringing of JPEG around the picture does not count. */
const plainMargin = 3;
/** Of the pixels in a frame. Letterboxes and borders have at most 0.8 %, a line of text 2 %, a second picture 24 %. */
const maxPlainStrays = 0.01;

/** True if the frame around a picture is of one colour, so that nothing but the picture can be meant. */
export function isPlainFrame({ data, stride, width, height }: LumaPlane, area: Area): boolean {
  const [left, top] = [area.x - plainMargin, area.y - plainMargin];
  const [right, bottom] = [area.x + area.width + plainMargin, area.y + area.height + plainMargin];
  const counts = new Uint32Array(256);
  let total = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (y >= top && y < bottom && x >= left && x < right) {
        x = right - 1;
        continue;
      }
      const level = Math.min(255, Math.max(0, Math.round(data[y * stride + x] ?? 0)));
      counts[level] = (counts[level] ?? 0) + 1;
      total++;
    }
  }
  const background = counts.indexOf(Math.max(...counts));
  const same = counts
    .slice(Math.max(0, background - tolerance), background + tolerance + 1)
    .reduce((sum, count) => sum + count, 0);
  return total - same <= total * maxPlainStrays;
}

function isPageColour(background: number): boolean {
  return background <= maxDark || background >= minLight;
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance;
}

/** The outermost line is often blended, so the second one counts. */
function backgroundsOfSides(plane: LumaPlane): number[] {
  const { width, height } = plane;
  if (width < minSide || height < minSide) return [];
  const lines = [
    lineOf(plane, true, 1),
    lineOf(plane, true, height - 2),
    lineOf(plane, false, 1),
    lineOf(plane, false, width - 2),
  ];
  return lines.map(backgroundOf).filter((background) => background !== undefined);
}

function lineOf({ data, stride, width, height }: LumaPlane, isRow: boolean, at: number): Uint8Array {
  const step = isRow ? 1 : stride;
  const from = isRow ? at * stride : at;
  // Callbacks took half of the time of this file.
  const line = new Uint8Array(isRow ? width : height);
  for (let place = 0; place < line.length; place++) line[place] = Math.round(data[from + place * step] ?? 0);
  return line;
}

/** The median of a line, if most of the line is near it. */
function backgroundOf(line: Uint8Array): number | undefined {
  const middle = line.toSorted()[line.length >> 1] ?? 0;
  let near = 0;
  for (const level of line) if (isNear(level, middle)) near++;
  return near >= line.length * minBackgroundShare ? middle : undefined;
}

/** Undefined if the rest is too small for a picture. */
function cut(plane: LumaPlane, whole: Area, backgrounds: readonly number[]): Area | undefined {
  let area: Area | undefined = whole;
  for (let round = 0; area && round < maxRounds; round++) {
    const before: Area = area;
    const rows = longest(plane, before, backgrounds, true);
    area = rows && { ...before, y: before.y + rows.from, height: rows.length };
    const columns = area && longest(plane, area, backgrounds, false);
    area = area && columns && { ...area, x: area.x + columns.from, width: columns.length };
    if (area && area.width === before.width && area.height === before.height) break;
  }
  const isPicture =
    area && area.width >= minSide && area.height >= minSide && area.width * area.height >= minShare * plane.width * plane.height;
  return isPicture ? area : undefined;
}

interface Slice {
  readonly from: number;
  readonly length: number;
}

/** The longest run of lines without a larger gap of background. */
function longest(plane: LumaPlane, area: Area, backgrounds: readonly number[], isRow: boolean): Slice | undefined {
  const lines = isRow ? area.height : area.width;
  const gap = Math.max(minGap, Math.round((isRow ? plane.height : plane.width) * gapShare));
  let best: Slice | undefined;
  let from = -1;
  let last = -1;
  const end = () => {
    if (from >= 0 && last - from + 1 > (best?.length ?? 0)) best = { from, length: last - from + 1 };
  };
  for (let line = 0; line < lines; line++) {
    if (isBackground(plane, area, backgrounds, isRow, line)) continue;
    if (from < 0 || line - last > gap) {
      end();
      from = line;
    }
    last = line;
  }
  end();
  return best;
}

function isBackground(
  { data, stride }: LumaPlane,
  area: Area,
  backgrounds: readonly number[],
  isRow: boolean,
  line: number,
): boolean {
  const length = isRow ? area.width : area.height;
  const first = isRow ? (area.y + line) * stride + area.x : area.y * stride + area.x + line;
  const step = isRow ? 1 : stride;
  const maxStrays = length * maxStrayShare;
  return backgrounds.some((background) => {
    let strays = 0;
    for (let place = 0, at = first; place < length; place++, at += step) {
      if (Math.abs((data[at] ?? 0) - background) > tolerance && ++strays > maxStrays) return false;
    }
    return true;
  });
}

function isSame(a: Area, b: Area, { width, height }: LumaPlane): boolean {
  const across = width * sameEdgeShare;
  const down = height * sameEdgeShare;
  return (
    Math.abs(a.x - b.x) <= across &&
    Math.abs(a.x + a.width - b.x - b.width) <= across &&
    Math.abs(a.y - b.y) <= down &&
    Math.abs(a.y + a.height - b.y - b.height) <= down
  );
}
