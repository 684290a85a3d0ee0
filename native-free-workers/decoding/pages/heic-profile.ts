import sharp from 'sharp';
import { colourProfileOf } from '../../file-formats/iso-media.js';
import { withColourProfile } from '../../file-formats/png-colour.js';
import { isPlainSrgb } from '../../file-formats/srgb-profile.js';
import type { Pixels } from '../flatten.js';
import { readPage } from '../page-readings.js';
import { reducedSize } from '../reduced-size.js';
import { type Page, pageOfPixels } from './page.js';

/** With and without the ICC profile of the file, if it is not plain sRGB. @param file the whole HEIC */
export async function pageInColours(page: number, pixels: Pixels, file: Uint8Array): Promise<Page> {
  const profile = colourProfileOf(file);
  if (!profile || isPlainSrgb(profile)) return pageOfPixels(page, pixels);
  const { data, width, height, channels } = pixels;
  const size = reducedSize(pixels);
  const image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  if (size) image.resize(size.width, size.height, { fit: 'fill', kernel: 'linear' });
  const png = await image.png({ compressionLevel: 0 }).toBuffer();
  const readings = await readPage(withColourProfile(png, profile), { failOn: 'none' });
  return { page, width, height, isDamaged: false, readings };
}
