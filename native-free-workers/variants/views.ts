/** What a part shows of its image, in shares, so that a match can say where the picture lies. */
import type { Area } from '../hashing/raster.js';
import type { VariantHashes, VariantView } from '../image-task.js';
import type { Margins } from './luma-plane.js';
import type { TiltedRectangle } from './tilted-rectangle.js';

export function withView(hashes: VariantHashes | undefined, view: VariantView): VariantHashes | undefined {
  return hashes && { ...hashes, view };
}

export function viewOfArea(area: Area, { width, height }: { readonly width: number; readonly height: number }): VariantView {
  return {
    left: area.x / width,
    top: area.y / height,
    right: (area.x + area.width) / width,
    bottom: (area.y + area.height) / height,
    tilt: 0,
  };
}

export function viewInside({ left, top, right, bottom }: Margins): VariantView {
  return { left, top, right: 1 - right, bottom: 1 - bottom, tilt: 0 };
}

/** Its size and centre, as if it stood straight. */
export function viewOfTilted({ angle, left, top, right, bottom }: TiltedRectangle, width: number, height: number): VariantView {
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  const [x, y] = [u * Math.cos(angle) - v * Math.sin(angle), u * Math.sin(angle) + v * Math.cos(angle)];
  const [halfWidth, halfHeight] = [(right - left) / 2, (bottom - top) / 2];
  return {
    left: (x - halfWidth) / width,
    top: (y - halfHeight) / height,
    right: (x + halfWidth) / width,
    bottom: (y + halfHeight) / height,
    tilt: (angle * 180) / Math.PI,
  };
}
