/** PNGs whose samples are no sRGB and that have no profile but a gamma. */
import sharp, { type SharpOptions } from 'sharp';

/**
 * The file with its gamma applied, as a PNG that needs none: turned as EXIF says, transparent as it was.
 *
 * Browsers apply gamma before anything else, and a picture may be hidden in its being applied later: over white or with its neighbours
 * averaged, two pictures of which a gamma of 0.02 shows one would be hashed as the other. libvips has no such step before these. It
 * costs a second decoding and 8 bytes a pixel, of files that hardly anyone makes.
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
