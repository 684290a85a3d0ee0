/** Writes Adobe YCCK JPEGs, which none of our encoders does, by passing the converted channels to libjpeg as CMYK. */
import sharp from 'sharp';

const clamp = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

/** `inks` is raw CMYK, 4 bytes per pixel; 255 is full ink. The result uses Adobe's transform 2. */
export async function ycckJpeg(inks: Uint8Array, width: number, height: number): Promise<Buffer> {
  const channels = new Uint8Array(inks.length);
  for (let at = 0; at < inks.length; at += 4) {
    const [c = 0, m = 0, y = 0, k = 0] = inks.subarray(at, at + 4);
    const luma = 0.299 * c + 0.587 * m + 0.114 * y;
    // libvips inverts the channels it writes (in Adobe files 255 means no ink), so they are inverted here too.
    const ycc = [luma, 128 + (y - luma) * 0.564, 128 + (c - luma) * 0.713].map((value) => 255 - clamp(value));
    channels.set([...ycc, k], at);
  }
  const jpeg = await sharp(cmykTiff(channels, width, height))
    // Otherwise sharp converts to RGB and back.
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
  const adobe = jpeg.indexOf('Adobe', 0, 'latin1');
  if (adobe < 0) throw new Error('the JPEG has no Adobe marker');
  jpeg[adobe + 11] = 2;
  return jpeg;
}

/** An uncompressed CMYK TIFF (TIFF 6.0, section 16). sharp would read a raw buffer of four channels as RGBA. */
function cmykTiff(pixels: Uint8Array, width: number, height: number): Buffer {
  const tags: readonly (readonly [tag: number, type: 3 | 4, count: number, value: number])[] = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, 4, 0],
    [259, 3, 1, 1],
    [262, 3, 1, 5],
    [273, 4, 1, 0],
    [277, 3, 1, 4],
    [278, 4, 1, height],
    [279, 4, 1, pixels.length],
  ];
  const bitsAt = 8 + 2 + tags.length * 12 + 4;
  const pixelsAt = bitsAt + 8;
  const head = Buffer.alloc(pixelsAt);
  head.write('II*\0', 0, 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(tags.length, 8);
  for (const [at, [tag, type, count, value]] of tags.entries()) {
    const entry = 10 + at * 12;
    head.writeUInt16LE(tag, entry);
    head.writeUInt16LE(type, entry + 2);
    head.writeUInt32LE(count, entry + 4);
    head.writeUInt32LE(tag === 258 ? bitsAt : tag === 273 ? pixelsAt : value, entry + 8);
  }
  for (let channel = 0; channel < 4; channel++) head.writeUInt16LE(8, bitsAt + channel * 2);
  return Buffer.concat([head, pixels]);
}
