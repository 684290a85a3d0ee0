/** The traits of each format, besides those in bench/fuzz/flavours.ts. */
import sharp, { type Sharp } from 'sharp';
import { bmp24, bmp32, bmp565, greyBmp, icon, iconBitmap, rle8Bmp } from '../fuzz/bitmaps.js';
import { losslessFlavours, lossyFlavours } from '../fuzz/flavours.js';
import { ycckJpeg } from '../fuzz/ycck.js';
import { withGamma, withP3Code } from './png-chunks.js';

/** `others` are the other frames of an animation. */
export type Write = (picture: Sharp, others: readonly Sharp[]) => Promise<Buffer>;

const flavours: Readonly<Record<string, (image: Sharp) => Sharp>> = { ...losslessFlavours, ...lossyFlavours };

function flavoursOf(format: RegExp): Record<string, Write> {
  const wanted = Object.entries(flavours).filter(([name]) => format.test(name));
  return Object.fromEntries(wanted.map(([name, save]) => [name, (picture: Sharp) => save(picture).toBuffer()]));
}

const exifOrientations = Object.fromEntries(
  [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => [
    `jpeg with EXIF orientation ${orientation}`,
    (picture: Sharp) => picture.withMetadata({ orientation }).jpeg({ quality: 90 }).toBuffer(),
  ]),
);

/** A picture that fades to the right. */
async function fading(picture: Sharp): Promise<Sharp> {
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  for (let at = 0; at < data.length; at += 4) data[at + 3] = 255 - Math.floor((((at / 4) % info.width) * 200) / info.width);
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } });
}

async function ycck(picture: Sharp): Promise<Buffer> {
  const { data, info } = await picture.ensureAlpha(0.1).raw().toBuffer({ resolveWithObject: true });
  return ycckJpeg(data, info.width, info.height);
}

async function animation(picture: Sharp, others: readonly Sharp[]): Promise<Sharp> {
  const frames = await Promise.all([picture, ...others].map((frame) => frame.png().toBuffer()));
  return sharp(frames, { join: { animated: true } });
}

const delay = [200, 200, 200];
const square = (picture: Sharp, side: number): Sharp => picture.resize(side, side, { fit: 'fill' });

export const traits: Readonly<Record<string, Readonly<Record<string, Write>>>> = {
  JPEG: {
    ...flavoursOf(/^(?!.*tiff).*jpeg/),
    'ycck jpeg': ycck,
    'cmyk jpeg with a profile': (picture) => picture.withIccProfile('cmyk').jpeg({ quality: 90 }).toBuffer(),
    'jpeg with Display P3': (picture) => picture.withIccProfile('p3').jpeg({ quality: 90 }).toBuffer(),
    ...exifOrientations,
  },
  PNG: {
    ...flavoursOf(/png/),
    'grey png': (picture) => picture.greyscale().toColourspace('b-w').png().toBuffer(),
    'png with alpha': async (picture) => (await fading(picture)).png().toBuffer(),
    'png with gamma 1': async (picture) => withGamma(await picture.png().toBuffer(), 1),
    'png with gamma 0.3': async (picture) => withGamma(await picture.png().toBuffer(), 0.3),
    'png with Display P3 (iCCP)': (picture) => picture.withIccProfile('p3').png().toBuffer(),
    'png with Display P3 (cICP)': async (picture) => withP3Code(await picture.png().toBuffer()),
  },
  GIF: {
    ...flavoursOf(/gif/),
    'animated gif': async (picture, others) => (await animation(picture, others)).gif({ delay }).toBuffer(),
  },
  WebP: {
    ...flavoursOf(/webp/),
    'webp that fades': async (picture) => (await fading(picture)).webp().toBuffer(),
    'animated webp': async (picture, others) => (await animation(picture, others)).webp({ delay }).toBuffer(),
  },
  AVIF: {
    ...flavoursOf(/avif/),
    'lossless avif': (picture) => picture.avif({ lossless: true, effort: 0 }).toBuffer(),
    'avif with alpha': async (picture) => (await fading(picture)).avif({ effort: 0 }).toBuffer(),
  },
  BMP: {
    'bitmap of 24 bits': (picture) => bmp24(picture),
    'bitmap from the top': (picture) => bmp24(picture, true),
    'bitmap of 32 bits': bmp32,
    'bitmap of 16 bits': bmp565,
    'grey bitmap of 8 bits': (picture) => greyBmp(picture, 8),
    'grey bitmap of 4 bits': (picture) => greyBmp(picture, 4),
    'bitmap of runs': rle8Bmp,
  },
  ICO: {
    'icon with a png': async (picture) => icon({ side: 128, bytes: await square(picture, 128).png().toBuffer() }),
    'icon with a bitmap': async (picture) =>
      icon({ side: 128, bytes: await iconBitmap(sharp(await square(picture, 128).png().toBuffer())) }),
  },
  TIFF: flavoursOf(/tiff/),
};
