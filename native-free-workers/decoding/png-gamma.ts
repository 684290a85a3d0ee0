import sharp, { type SharpOptions } from 'sharp';

/**
 * Raises all samples but alpha to `exponent`, and returns a PNG without gamma in EXIF orientation.
 *
 * Browsers apply gamma before they blend and scale; libvips cannot. In the other order, a gamma of 0.02 can show one picture and
 * have another hashed. Such files are rare; each costs a second decoding and 8 bytes per pixel.
 */
export async function withGammaApplied(png: Uint8Array, options: SharpOptions, exponent: number): Promise<Uint8Array> {
  const colour = sharp(png, options).autoOrient();
  const { data, info } = await colour.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.round((value / 255) ** exponent * 255));
  const hasAlpha = channels === 2 || channels === 4;
  for (let at = 0; at < data.length; at++) {
    if (!hasAlpha || at % channels !== channels - 1) data[at] = table[data[at] ?? 0] ?? 0;
  }
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false }).png({ compressionLevel: 0 }).toBuffer();
}
