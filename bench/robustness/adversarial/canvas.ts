import sharp, { type Sharp } from 'sharp';
import { svg } from '../edits/drawings.js';
import type { Picture } from '../picture.js';
import type { Size } from './album.js';

export interface Layer {
  readonly picture: Picture;
  /** px */
  readonly left: number;
  readonly top: number;
}

/** Pictures on a page, with a drawing (the inside of an SVG) over them. */
export function page({ width, height }: Size, background: string, layers: readonly Layer[], drawing = ''): Sharp {
  return sharp({ create: { width, height, channels: 3, background } }).composite([
    ...layers.map(({ picture, left, top }) => ({ input: picture.data, raw: rawOf(picture), left, top })),
    { input: svg(width, height, drawing) },
  ]);
}

function rawOf({ width, height }: Picture) {
  return { width, height, channels: 3 as const };
}

export async function flattened(name: string, image: Sharp): Promise<Picture> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { name, data, width: info.width, height: info.height };
}

/** How much of the other picture shows at a place, 0 to 1. `x` and `y` are shares of the width and height. */
export type Weight = (x: number, y: number) => number;

/** `a`, and `b` where `weight` says so. Both have one size. */
export function mixed(a: Picture, b: Picture, weight: Weight): Picture {
  const data = Buffer.from(a.data);
  for (let y = 0, at = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++, at += 3) {
      const share = weight((x + 0.5) / a.width, (y + 0.5) / a.height);
      if (share <= 0) continue;
      for (let channel = at; channel < at + 3; channel++) {
        data[channel] = Math.round((a.data[channel] ?? 0) * (1 - share) + (b.data[channel] ?? 0) * share);
      }
    }
  }
  return { ...a, data };
}

/** A ramp from 0 to 1 around `seam`. `softness` 0 is a hard seam. */
export function ramp(at: number, seam: number, softness: number): number {
  if (softness === 0) return at < seam ? 0 : 1;
  return Math.min(1, Math.max(0, (at - seam) / softness + 0.5));
}

/** Covers `area` (a share) of the picture around a centre, with an edge of about 1 % of the side. */
export function ellipse(area: number, centreX: number, centreY: number): Weight {
  const radius = Math.sqrt(area / Math.PI);
  return (x, y) => ramp(-Math.hypot(x - centreX, y - centreY), -radius, 0.01);
}
