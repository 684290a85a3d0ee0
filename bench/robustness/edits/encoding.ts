import sharp from 'sharp';
import { open, saved } from '../picture.js';
import { type Edit, pixels } from './edit.js';

const jpeg: Edit[] = [90, 70, 50, 30, 10].map((quality) => ({
  kind: 'JPEG',
  name: `JPEG ${quality}`,
  apply: (picture) => open(picture).jpeg({ quality }).toBuffer(),
}));

const webp: Edit[] = [60, 40, 20].map((quality) => ({
  kind: 'WebP',
  name: `WebP ${quality}`,
  apply: (picture) => open(picture).webp({ quality, effort: 0 }).toBuffer(),
}));

const avif: Edit[] = [60, 40, 20].map((quality) => ({
  kind: 'AVIF',
  name: `AVIF ${quality}`,
  apply: (picture) => open(picture).avif({ quality, effort: 0 }).toBuffer(),
}));

const resize: Edit[] = [200, 140, 70, 40, 20].map((percent) => ({
  kind: 'resize',
  name: `resize ${percent} %`,
  apply: (picture) => saved(open(picture).resize({ width: pixels((picture.width * percent) / 100) })),
}));

const aspect: Edit[] = [-20, -10, 10, 20].map((percent) => ({
  kind: 'aspect',
  name: `width ${percent > 0 ? '+' : '-'}${Math.abs(percent)} %`,
  apply: (picture) => {
    const width = pixels(picture.width * (1 + percent / 100));
    return saved(open(picture).resize({ width, height: picture.height, fit: 'fill' }));
  },
}));

const format: Edit[] = [
  {
    kind: 'palette',
    name: 'palette, 32 colours',
    apply: (picture) => open(picture).png({ palette: true, colours: 32, effort: 1 }).toBuffer(),
  },
  { kind: 'CMYK', name: 'CMYK JPEG', apply: (picture) => open(picture).toColourspace('cmyk').jpeg().toBuffer() },
  {
    // Stored rotated, with the tag that makes viewers show it upright.
    kind: 'EXIF',
    name: 'EXIF orientation 6',
    apply: (picture) => open(picture).rotate(270).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
  },
  {
    kind: 'alpha',
    name: 'alpha, round corners',
    async apply(picture) {
      const { width, height } = picture;
      const radius = Math.min(width, height) * 0.06;
      const mask = `<svg width="${width}" height="${height}"><rect width="${width}" height="${height}" rx="${radius}"/></svg>`;
      const shown = open(picture)
        .ensureAlpha()
        .composite([{ input: Buffer.from(mask), blend: 'dest-in' }]);
      return shown.png({ compressionLevel: 1 }).toBuffer();
    },
  },
  {
    kind: '1-bit',
    name: '1-bit, dithered',
    async apply(picture) {
      const grey = await open(picture).greyscale().png({ compressionLevel: 1 }).toBuffer();
      return sharp(grey).png({ palette: true, colours: 2, dither: 1 }).toBuffer();
    },
  },
];

export const encodingEdits: readonly Edit[] = [...jpeg, ...webp, ...avif, ...resize, ...aspect, ...format];
