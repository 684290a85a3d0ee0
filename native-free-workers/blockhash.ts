/**
 * Blockhash of 256 bits: 16x16 blocks, each brighter or darker than the median of its quarter.
 *
 * Source: Yang, Gu, Niu, "Block Mean Value Based Image Perceptual Hashing" (2006), method 1, by blockhash-core 0.1 (`bmvbhash`, the
 * precise variant). Parameter: 16 blocks a side. Deviation: the image is what normalisation gives, so at most 512 px a side.
 */
import { bmvbhash } from 'blockhash-core';
import type { Raster } from './raster.js';

const blocksASide = 16;

/** 64 hex digits. Works on RGBA, so grey and RGB rasters are copied once; RGBA ones are not. */
export function blockhash(raster: Raster): string {
  return bmvbhash({ width: raster.width, height: raster.height, data: rgba(raster) }, blocksASide);
}

function rgba({ data, width, height, channels }: Raster): Uint8Array | Uint8ClampedArray {
  if (channels === 4) return data;
  const out = new Uint8Array(width * height * 4).fill(255);
  const green = channels === 1 ? 0 : 1;
  for (let from = 0, to = 0; to < out.length; from += channels, to += 4) {
    out[to] = data[from] ?? 0;
    out[to + 1] = data[from + green] ?? 0;
    out[to + 2] = data[from + 2 * green] ?? 0;
  }
  return out;
}
