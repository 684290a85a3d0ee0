/** Decodes a file with the browser, and reads its pixels at the size that is hashed. */
import { type Flattened, flatten } from '../../../../native-free-workers/decoding/flatten.js';
import { reducedSize, type Size } from '../../../../native-free-workers/decoding/reduced-size.js';
import { boxFactor, boxRows, type Rows, reduceRows, transposed, triangleRows } from './reduce.ts';

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
  const boxed = isJpeg
    ? shrunkByBlocks(picture, blockOf(picture, size))
    : shrunkRows(picture, boxFactor(picture.height, size.height));
  const { rows } = boxed;
  const upright = triangleRows(rows, size.height, picture.height / size.height / boxed.factor);
  const [columns, width] = [transposed(upright, bytesPerPixel), picture.width];
  const across = isJpeg ? triangleRows(columns, size.width, width / size.width / boxed.factor) : reduceRows(columns, size.width);
  return transposed(across, bytesPerPixel);
}

interface Boxed {
  readonly rows: Rows;
  readonly factor: number;
}

/** libjpeg shrinks to 1/2, 1/4 and 1/8. */
function blockOf(picture: Size, size: Size): number {
  const shrink = Math.min(picture.width / size.width, picture.height / size.height);
  return [8, 4, 2].find((block) => Math.floor(shrink) > block) ?? 1;
}

function shrunkByBlocks(picture: ImageBitmap, block: number): Boxed {
  const { rows } = shrunkRows(picture, block);
  return { rows: transposed(boxRows(transposed(rows, bytesPerPixel), block), bytesPerPixel), factor: block };
}

/** Reads strips, because a canvas of 100 megapixels would double the memory. */
function shrunkRows(picture: ImageBitmap, factor: number): Boxed {
  const { width, height } = picture;
  const length = width * bytesPerPixel;
  const perStrip = Math.max(factor, Math.floor(stripPixels / width / factor) * factor);
  const context = contextFor({ width, height: Math.min(perStrip, height) });
  const data = new Uint8Array(Math.ceil(height / factor) * length);
  for (let y = 0; y < height; y += perStrip) {
    const rows = strip(picture, y, Math.min(perStrip, height - y), context);
    data.set(factor > 1 ? boxRows(rows, factor).data : rows.data, (y / factor) * length);
  }
  return { rows: { data, count: data.length / length, length }, factor };
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
