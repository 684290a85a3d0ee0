/** Writes bitmaps and icons, which sharp cannot. */
import type { Sharp } from 'sharp';

interface Samples {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

async function samples(image: Sharp, channels: 1 | 3): Promise<Samples> {
  const flat = channels === 1 ? image.greyscale().toColourspace('b-w') : image;
  const { data, info } = await flat.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

interface Layout {
  readonly bits: number;
  readonly compression?: number;
  readonly masks?: readonly number[];
  readonly colours?: number;
  readonly isTopDown?: boolean;
}

function bitmap(
  width: number,
  height: number,
  { bits, compression = 0, masks = [], colours = 0, isTopDown }: Layout,
  pixels: Buffer,
) {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(40, 0);
  header.writeInt32LE(width, 4);
  header.writeInt32LE(isTopDown ? -height : height, 8);
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(bits, 14);
  header.writeUInt32LE(compression, 16);
  header.writeUInt32LE(colours, 32);
  const fields = Buffer.alloc(masks.length * 4);
  for (const [k, mask] of masks.entries()) fields.writeUInt32LE(mask, k * 4);
  const greys = Buffer.from(Array.from({ length: colours }, (_, k) => [k, k, k, 0].map((v) => (v * 255) / (colours - 1))).flat());
  return { head: Buffer.concat([header, fields, greys]), pixels };
}

function file({ head, pixels }: { head: Buffer; pixels: Buffer }): Buffer {
  const start = Buffer.alloc(14);
  start.write('BM');
  start.writeUInt32LE(14 + head.length + pixels.length, 2);
  start.writeUInt32LE(14 + head.length, 10);
  return Buffer.concat([start, head, pixels]);
}

/** Rows of `bits` per pixel, padded to four bytes, from the bottom unless `isTopDown`. */
function rows({ width, height }: Samples, bits: number, isTopDown: boolean, write: (row: Buffer, x: number, at: number) => void) {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const all = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(stride);
    for (let x = 0; x < width; x++) write(row, x, y * width + x);
    return row;
  });
  return Buffer.concat(isTopDown ? all : all.reverse());
}

export async function bmp24(image: Sharp, isTopDown = false): Promise<Buffer> {
  const picture = await samples(image, 3);
  return file(bitmap(picture.width, picture.height, { bits: 24, isTopDown }, rgbRows(picture, isTopDown)));
}

function rgbRows(picture: Samples, isTopDown: boolean): Buffer {
  return rows(picture, 24, isTopDown, (row, x, at) => {
    for (let c = 0; c < 3; c++) row[x * 3 + c] = picture.data[at * 3 + 2 - c] ?? 0;
  });
}

export async function bmp565(image: Sharp): Promise<Buffer> {
  const picture = await samples(image, 3);
  const pixels = rows(picture, 16, false, (row, x, at) => {
    const [red = 0, green = 0, blue = 0] = picture.data.subarray(at * 3, at * 3 + 3);
    row.writeUInt16LE(((red >> 3) << 11) | ((green >> 2) << 5) | (blue >> 3), x * 2);
  });
  return file(bitmap(picture.width, picture.height, { bits: 16, compression: 3, masks: [0xf800, 0x07e0, 0x001f] }, pixels));
}

export async function bmp32(image: Sharp): Promise<Buffer> {
  const picture = await samples(image, 3);
  const pixels = rows(picture, 32, false, (row, x, at) => {
    for (let c = 0; c < 3; c++) row[x * 4 + c] = picture.data[at * 3 + 2 - c] ?? 0;
  });
  return file(bitmap(picture.width, picture.height, { bits: 32 }, pixels));
}

export async function greyBmp(image: Sharp, bits: 4 | 8): Promise<Buffer> {
  const picture = await samples(image, 1);
  const pixels = rows(picture, bits, false, (row, x, at) => {
    const grey = picture.data[at] ?? 0;
    if (bits === 8) row[x] = grey;
    else row[x >> 1] = (row[x >> 1] ?? 0) | ((grey >> 4) << (x & 1 ? 0 : 4));
  });
  return file(bitmap(picture.width, picture.height, { bits, colours: 2 ** bits }, pixels));
}

/** RLE8: a run for each change, and one literal run at the start of each row. */
export async function rle8Bmp(image: Sharp): Promise<Buffer> {
  const { data, width, height } = await samples(image, 1);
  const codes: number[] = [];
  for (let y = height - 1; y >= 0; y--) {
    const row = data.subarray(y * width, (y + 1) * width);
    codes.push(0, 4, ...row.subarray(0, 4));
    for (let x = 4; x < width; ) {
      let run = 1;
      while (run < 255 && x + run < width && row[x + run] === row[x]) run++;
      codes.push(run, row[x] ?? 0);
      x += run;
    }
    codes.push(0, 0);
  }
  return file(bitmap(width, height, { bits: 8, compression: 1, colours: 256 }, Buffer.from([...codes, 0, 1])));
}

/** An icon that holds `contents`, each with its side. */
export function icon(...contents: readonly { readonly side: number; readonly bytes: Buffer }[]): Buffer {
  let offset = 6 + contents.length * 16;
  const entries = contents.map(({ side, bytes }) => {
    const entry = Buffer.alloc(16);
    entry[0] = side & 255;
    entry[1] = side & 255;
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(bytes.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += bytes.length;
    return entry;
  });
  return Buffer.concat([Buffer.of(0, 0, 1, 0, contents.length, 0), ...entries, ...contents.map(({ bytes }) => bytes)]);
}

/** The bitmap of an icon: its height counts an empty mask too. */
export async function iconBitmap(image: Sharp): Promise<Buffer> {
  const picture = await samples(image, 3);
  const { head, pixels } = bitmap(picture.width, picture.height * 2, { bits: 24 }, rgbRows(picture, false));
  return Buffer.concat([head, pixels, Buffer.alloc(Math.ceil(picture.width / 32) * 4 * picture.height)]);
}
