import type { Raster } from '../hashing/raster.js';
import type { Flattened } from './flatten.js';

/** One page of a file as one viewer shows it. */
export interface Reading {
  /** Empty for the usual one. Otherwise what this viewer does: `unprofiled`, `on_black`, `on_grey`, `unprofiled_on_black` and so on. */
  readonly manner: string;
  readonly raster: Raster;
}

export function readingsOf(manner: string, flattened: readonly Flattened[]): Reading[] {
  return flattened.map(({ background, raster }) => ({
    manner: joined(manner, background === 'white' ? '' : `on_${background}`),
    raster,
  }));
}

export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('_');
}
