/** One picture in every format and flavour that is decoded. */
import type { Sharp } from 'sharp';
import { scene } from './photographs.js';

type Save = (image: Sharp) => Sharp;

/** Flavours whose pixels are those of the picture. */
const lossless: Readonly<Record<string, Save>> = {
  png: (image) => image.png(),
  'interlaced png': (image) => image.png({ progressive: true }),
  '16-bit png': (image) => image.toColourspace('rgb16').png(),
  'lossless webp': (image) => image.webp({ lossless: true }),
  'deflated tiff': (image) => image.tiff({ compression: 'deflate' }),
  'tiled lzw tiff': (image) => image.tiff({ compression: 'lzw', tile: true }),
};

const lossy: Readonly<Record<string, Save>> = {
  jpeg: (image) => image.jpeg(),
  'progressive jpeg': (image) => image.jpeg({ progressive: true }),
  'cmyk jpeg': (image) => image.toColourspace('cmyk').jpeg(),
  'grey jpeg': (image) => image.greyscale().jpeg(),
  'palette png': (image) => image.png({ palette: true }),
  webp: (image) => image.webp(),
  'webp with alpha': (image) => image.ensureAlpha(0.5).webp(),
  gif: (image) => image.gif(),
  'interlaced gif': (image) => image.gif({ progressive: true }),
  avif: (image) => image.avif({ effort: 0 }),
  'jpeg in tiff': (image) => image.tiff({ compression: 'jpeg' }),
};

export interface Flavour {
  readonly name: string;
  readonly bytes: Buffer;
  readonly isLossless: boolean;
}

/** The scene of a seed (tests/support/photographs.ts) in every flavour. */
export function everyFlavour(seed: number, width: number, height: number): Promise<Flavour[]> {
  const save = async ([name, to]: [string, Save], isLossless: boolean) => ({
    name,
    bytes: await to(scene(seed, width, height)).toBuffer(),
    isLossless,
  });
  return Promise.all([
    ...Object.entries(lossless).map((one) => save(one, true)),
    ...Object.entries(lossy).map((one) => save(one, false)),
  ]);
}
