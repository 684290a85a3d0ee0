import sharp, { type Sharp } from 'sharp';

/** 8-bit RGB, row by row without padding. */
export interface Picture {
  readonly name: string;
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

const usualQuality = 92;

export function open({ data, width, height }: Pick<Picture, 'data' | 'width' | 'height'>): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Decodes as a viewer shows it. */
export async function load(name: string, image: Sharp, maxSide: number): Promise<Picture> {
  const { data, info } = await image
    .autoOrient()
    .flatten({ background: '#fff' })
    .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3) return { name, data, width: info.width, height: info.height };
  const grey = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  return { name, data: await grey.toColourspace('srgb').raw().toBuffer(), width: info.width, height: info.height };
}

export function saved(image: Sharp): Promise<Buffer> {
  return image.jpeg({ quality: usualQuality }).toBuffer();
}
