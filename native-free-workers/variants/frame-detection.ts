/**
 * Finds the picture inside a frame: borders, letterboxes, captions, and the screens of phones and browsers with a picture among text.
 *
 * An XY-cut, as document analysis does it (Nagy and Seth, 1984), on the colour of the ground: rows that are all ground cut the image into
 * slices, of which the tallest is kept; columns do the same to that slice; and again until nothing changes. Text falls away because lines of it
 * are lower than a picture and have ground around them. The ground is whatever colour a side of the image has along most of its length.
 *
 * It may be wrong: a picture whose own edge is a plain sky looks framed. So what it finds is one more variant, never in place of the whole.
 */
import type { Area } from '../hashing/raster.js';
import type { LumaPlane } from './luma-plane.js';

/** Grey levels around the ground's that still are ground: JPEG at quality 30 rings by about 10. */
const tolerance = 12;
/** Share of a line that may be something else: dust, ringing, a scroll bar's corner. */
const strayShare = 0.015;
/** Share of a side that its most usual colour covers, to be a ground: beside a toolbar there is less of it. */
const groundShare = 0.85;
/** Ground inside, in shares of the side, that cuts: the space between two lines of text does, a hairline does not. */
const gapShare = 0.008;
const minGap = 3;
/** Less than this is a button, not a picture. */
const minShare = 0.04;
const minSide = 32;
/** Differences in shares of the side that are no difference. */
const sameShare = 0.006;
/** Bands and pages are mostly black or white: a side of that colour is believed alone, of another only with a second side. */
const darkest = 20;
const lightest = 235;
const maxRounds = 4;

/** Up to two rectangles that may be the picture inside, the likelier first; none where no side is of one colour. */
export function findFramedPictures(plane: LumaPlane): Area[] {
  const whole = { x: 0, y: 0, width: plane.width, height: plane.height };
  const sides = sidesOf(plane);
  const likely = sides.filter((ground) => isPageColour(ground) || sides.filter((other) => isNear(other, ground)).length > 1);
  const found: Area[] = [];
  for (const grounds of [likely, sides]) {
    if (grounds.length === 0) continue;
    const area = cut(plane, whole, grounds);
    const isNew = area && [whole, ...found].every((other) => !isSame(area, other, plane));
    if (isNew) found.push(area);
  }
  return found;
}

function isPageColour(ground: number): boolean {
  return ground <= darkest || ground >= lightest;
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance;
}

/** The grounds of the four sides, where they have one. The outermost line is often a blend with nothing: the next one is asked. */
function sidesOf(plane: LumaPlane): number[] {
  const { width, height } = plane;
  if (width < minSide || height < minSide) return [];
  const lines = [
    lineOf(plane, true, 1),
    lineOf(plane, true, height - 2),
    lineOf(plane, false, 1),
    lineOf(plane, false, width - 2),
  ];
  return lines.map(groundOf).filter((ground) => ground !== undefined);
}

/** A row or column of the plane, rounded to grey levels. */
function lineOf({ data, stride, width, height }: LumaPlane, isRow: boolean, at: number): Uint8Array {
  const step = isRow ? 1 : stride;
  const from = isRow ? at * stride : at;
  // Loops here and below: `from` and `reduce` with a callback took half of the time of looking for frames.
  const line = new Uint8Array(isRow ? width : height);
  for (let place = 0; place < line.length; place++) line[place] = Math.round(data[from + place * step] ?? 0);
  return line;
}

/** The middle value of a line, where most of the line is near it. */
function groundOf(line: Uint8Array): number | undefined {
  const middle = line.toSorted()[line.length >> 1] ?? 0;
  let near = 0;
  for (const level of line) if (isNear(level, middle)) near++;
  return near >= line.length * groundShare ? middle : undefined;
}

/** What the XY-cut leaves; undefined where it is too little to be a picture. */
function cut(plane: LumaPlane, whole: Area, grounds: readonly number[]): Area | undefined {
  let area: Area | undefined = whole;
  for (let round = 0; area && round < maxRounds; round++) {
    const before: Area = area;
    const rows = longest(plane, before, grounds, true);
    area = rows && { ...before, y: before.y + rows.from, height: rows.length };
    const columns = area && longest(plane, area, grounds, false);
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

/** The longest run of lines of `area` with something else than ground in them; short gaps inside do not end it. */
function longest(plane: LumaPlane, area: Area, grounds: readonly number[], isRow: boolean): Slice | undefined {
  const lines = isRow ? area.height : area.width;
  const gap = Math.max(minGap, Math.round((isRow ? plane.height : plane.width) * gapShare));
  let best: Slice | undefined;
  let from = -1;
  let last = -1;
  const end = () => {
    if (from >= 0 && last - from + 1 > (best?.length ?? 0)) best = { from, length: last - from + 1 };
  };
  for (let line = 0; line < lines; line++) {
    if (isGround(plane, area, grounds, isRow, line)) continue;
    if (from < 0 || line - last > gap) {
      end();
      from = line;
    }
    last = line;
  }
  end();
  return best;
}

/** True when all of a line but stray pixels has the colour of one ground. Lines of a picture are known after a few pixels. */
function isGround({ data, stride }: LumaPlane, area: Area, grounds: readonly number[], isRow: boolean, line: number): boolean {
  const length = isRow ? area.width : area.height;
  const first = isRow ? (area.y + line) * stride + area.x : area.y * stride + area.x + line;
  const step = isRow ? 1 : stride;
  const maxStrays = length * strayShare;
  return grounds.some((ground) => {
    let strays = 0;
    for (let place = 0, at = first; place < length; place++, at += step) {
      if (Math.abs((data[at] ?? 0) - ground) > tolerance && ++strays > maxStrays) return false;
    }
    return true;
  });
}

function isSame(a: Area, b: Area, { width, height }: LumaPlane): boolean {
  const across = width * sameShare;
  const down = height * sameShare;
  return (
    Math.abs(a.x - b.x) <= across &&
    Math.abs(a.x + a.width - b.x - b.width) <= across &&
    Math.abs(a.y - b.y) <= down &&
    Math.abs(a.y + a.height - b.y - b.height) <= down
  );
}
