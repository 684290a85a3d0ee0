import type { Raster } from '../hashing/raster.js';
import type { Size } from './reduced-size.js';

/** Decoded pixels, 8 bits. With two or four channels, the last one is alpha. */
export interface Pixels extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly channels: 1 | 2 | 3 | 4;
}

export type Background = 'white' | 'black' | 'grey';

export interface Flattened {
  readonly background: Background;
  readonly raster: Raster;
}

/**
 * Transparent pixels show the page behind them. One file can show one picture on white and another on black, so a transparent
 * picture is flattened on white, black and middle grey. An opaque one gives one raster.
 */
export function flatten(pixels: Pixels, reduced: boolean): Flattened[] {
  const { data, width, height, channels } = pixels;
  if (channels === 1 || channels === 3) return [{ background: 'white', raster: { data, width, height, channels, reduced } }];
  const levels = isOpaque(data, channels) ? levelsOf.slice(0, 1) : levelsOf;
  return levels.map(([background, level]) => ({
    background,
    raster: { data: over(level, data, channels), width, height, channels: channels === 2 ? 1 : 3, reduced },
  }));
}

const levelsOf: readonly (readonly [Background, number])[] = [
  ['white', 255],
  ['black', 0],
  ['grey', 128],
];

function isOpaque(data: Pixels['data'], channels: number): boolean {
  for (let at = channels - 1; at < data.length; at += channels) if (data[at] !== 255) return false;
  return true;
}

function over(background: number, data: Pixels['data'], channels: 2 | 4): Uint8Array {
  const colours = channels - 1;
  const flat = new Uint8Array((data.length / channels) * colours);
  for (let at = 0, to = 0; at < data.length; at += channels) {
    const alpha = data[at + colours] ?? 0;
    const behind = background * (255 - alpha);
    for (let k = 0; k < colours; k++) flat[to++] = ((data[at + k] ?? 0) * alpha + behind) / 255;
  }
  return flat;
}
