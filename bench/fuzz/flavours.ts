/** The variants of each image format that encoders write in practice. */
import type { Sharp } from 'sharp';

type Save = (image: Sharp) => Sharp;

export const losslessFlavours: Readonly<Record<string, Save>> = {
  png: (image) => image.png(),
  'interlaced png': (image) => image.png({ progressive: true }),
  '16-bit png': (image) => image.toColourspace('rgb16').png(),
  'lossless webp': (image) => image.webp({ lossless: true }),
  'deflated tiff': (image) => image.tiff({ compression: 'deflate' }),
  'tiled lzw tiff': (image) => image.tiff({ compression: 'lzw', tile: true }),
};

export const lossyFlavours: Readonly<Record<string, Save>> = {
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
