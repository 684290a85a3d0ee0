/**
 * GIF and WebP draw each frame onto the one before. To decode frame n, a decoder plays all frames before it. So frames are decoded
 * in runs, and only the first `maxPlayedPixels` are played.
 */
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { isPlainSrgb } from '../file-formats/srgb-profile.js';
import type { Pixels } from './flatten.js';
import { framesByImportance } from './frame-order.js';
import { reduced } from './pixels.js';
import { type Reading, readingsOf } from './readings.js';
import type { Size } from './reduced-size.js';

/** One core plays 100 to 350 million pixels per second, so this takes about half a second. */
const maxPlayedPixels = 48_000_000;
/** A run is in memory as a whole, with four bytes per pixel. */
const maxRunPixels = 24_000_000;

export interface PageReading extends Reading {
  readonly page: number;
}

/** Frames that fit into the budget. */
export function playableFrames({ width, height, pages = 1 }: Pick<Metadata, 'width' | 'height' | 'pages'>): number {
  return Math.min(pages, Math.max(1, Math.floor(maxPlayedPixels / (width * height))));
}

/** Readings of all playable frames after the first. The most important frame comes first. */
export async function playLaterFrames(bytes: Uint8Array, options: SharpOptions, metadata: Metadata): Promise<PageReading[]> {
  const { icc, delay } = metadata;
  const frames = playableFrames(metadata);
  if (frames < 2) return [];
  const isPlain = !icc || isPlainSrgb(icc);
  const played = await play(bytes, isPlain ? { ...options, ignoreIcc: true } : options, metadata, frames, '');
  const stored = isPlain ? [] : await play(bytes, { ...options, ignoreIcc: true }, metadata, frames, 'unprofiled');
  const rank = framesByImportance(frames, delay);
  return rank.filter((page) => page > 0).flatMap((page) => [...(played[page] ?? []), ...(stored[page] ?? [])]);
}

/** By frame. */
async function play(bytes: Uint8Array, options: SharpOptions, { width, height }: Size, frames: number, manner: string) {
  const readings: PageReading[][] = [];
  const perRun = Math.max(1, Math.floor(maxRunPixels / (width * height)));
  for (let first = 0; first < frames; first += perRun) {
    const count = Math.min(perRun, frames - first);
    for (const [at, pixels] of (await decodeRun(bytes, options, first, count)).entries()) {
      const page = first + at;
      readings[page] = readingsOf(manner, await reduced(pixels)).map((reading) => ({ ...reading, page }));
    }
  }
  return readings;
}

/** libvips gives the frames of a run as one tall picture. */
async function decodeRun(bytes: Uint8Array, options: SharpOptions, page: number, pages: number): Promise<Pixels[]> {
  // The pixels of each frame and the number of frames are already bounded.
  const run = sharp(bytes, { ...options, page, pages, limitInputPixels: false })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' });
  const { data, info } = await run.toBuffer({ resolveWithObject: true });
  const { width, channels } = info;
  const height = info.height / pages;
  const size = width * height * channels;
  return Array.from({ length: pages }, (_, at) => ({ data: data.subarray(at * size, (at + 1) * size), width, height, channels }));
}
