/** Decodes a file with the browser, and reads its pixels at the size that is hashed. */
import { type Flattened, flatten } from '../../../../native-free-workers/decoding/flatten.js';
import { reducedSize, type Size } from '../../../../native-free-workers/decoding/reduced-size.js';
import { boxBlocks, boxFactor, boxRows, type Rows, reduceRows, transposed, triangleRows } from './reduce.ts';

/** `stored`: the samples as they are in the file. `shown`: converted to sRGB by the profile of the file. */
export type Colours = 'stored' | 'shown';

/** Of pixels that are read at once: 16 MB. */
const stripPixels = 4_000_000;
const bytesPerPixel = 4;

/** As a viewer shows it, in EXIF orientation. Rejects if the browser cannot open it. */
export function openPicture(file: Blob, colours: Colours): Promise<ImageBitmap> {
  return createImageBitmap(file, {
    imageOrientation: 'from-image',
    premultiplyAlpha: 'none',
    colorSpaceConversion: colours === 'stored' ? 'none' : 'default',
  });
}

/** On the backgrounds that matter. `isJpeg`: libjpeg shrinks by whole blocks first, as on the server. */
export function rastersOf(picture: ImageBitmap, isGrey: boolean, isJpeg: boolean): Flattened[] {
  const size = reducedSize(picture);
  const { data, count, length } = size ? reduced(picture, size, isJpeg) : whole(picture);
  const [width, height] = [length / bytesPerPixel, count];
  const flat = flatten({ data, width, height, channels: bytesPerPixel }, size !== undefined);
  return isGrey ? flat.map(({ background, raster }) => ({ background, raster: greyOf(raster) })) : flat;
}

/**
 * A canvas multiplies colours by alpha. In 8 bits that loses up to a bit of each colour, and up to two of a hash; in 16 bits of
 * floating point the file's samples come back. Browsers that do not know the option ignore it.
 */
function whole(picture: ImageBitmap): Rows {
  const rows = strip(picture, 0, picture.height, contextFor(picture));
  return isOpaque(rows) ? rows : strip(picture, 0, picture.height, contextFor(picture, 'float16'));
}

function isOpaque({ data }: Rows): boolean {
  for (let at = bytesPerPixel - 1; at < data.length; at += bytesPerPixel) if (data[at] !== 255) return false;
  return true;
}

/** Red is as good as green and blue. PDQ takes one channel as luma. */
function greyOf(raster: Flattened['raster']): Flattened['raster'] {
  const { data, channels, width, height, reduced: isReduced = false } = raster;
  const grey = Uint8Array.from({ length: width * height }, (_, at) => data[at * channels] ?? 0);
  return { data: grey, width, height, channels: 1, reduced: isReduced };
}

function reduced(picture: ImageBitmap, size: Size, isJpeg: boolean): Rows {
  const factor = isJpeg ? blockOf(picture, size) : boxFactor(picture.height, size.height);
  const rows = shrunk(picture, factor, isJpeg ? boxBlocks : boxRows);
  const upright = triangleRows(rows, size.height, picture.height / size.height / factor);
  const [columns, width] = [transposed(upright, bytesPerPixel), picture.width];
  const across = isJpeg ? triangleRows(columns, size.width, width / size.width / factor) : reduceRows(columns, size.width);
  return transposed(across, bytesPerPixel);
}

/** libjpeg shrinks to 1/2, 1/4 and 1/8. */
function blockOf(picture: Size, size: Size): number {
  const shrink = Math.min(picture.width / size.width, picture.height / size.height);
  return [8, 4, 2].find((block) => Math.floor(shrink) > block) ?? 1;
}

/** Reads strips, because a canvas of 100 megapixels would double the memory. */
function shrunk(picture: ImageBitmap, factor: number, box: (rows: Rows, factor: number) => Rows): Rows {
  const { width, height } = picture;
  const perStrip = Math.max(factor, Math.floor(stripPixels / width / factor) * factor);
  const context = contextFor({ width, height: Math.min(perStrip, height) });
  const parts: Rows[] = [];
  for (let y = 0; y < height; y += perStrip) {
    const rows = strip(picture, y, Math.min(perStrip, height - y), context);
    parts.push(factor > 1 ? box(rows, factor) : rows);
  }
  return joined(parts);
}

function joined(parts: readonly Rows[]): Rows {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const length = parts[0]?.length ?? 0;
  const data = new Uint8Array(count * length);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, count, length };
}

function contextFor({ width, height }: Size, colorType: 'unorm8' | 'float16' = 'unorm8'): OffscreenCanvasRenderingContext2D {
  const options = { willReadFrequently: true, colorSpace: 'srgb', colorType } as const;
  const context = new OffscreenCanvas(width, height).getContext('2d', options);
  if (!context) throw new Error('this browser has no canvas in workers');
  // Without it, transparent pixels of a strip would keep those of the strip before.
  context.globalCompositeOperation = 'copy';
  return context;
}

function strip(picture: ImageBitmap, y: number, count: number, context: OffscreenCanvasRenderingContext2D): Rows {
  context.drawImage(picture, 0, -y);
  return { data: context.getImageData(0, 0, picture.width, count).data, count, length: picture.width * bytesPerPixel };
}
