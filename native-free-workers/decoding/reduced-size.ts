/** The size at which a picture is hashed. docs/decisions/0016-size-of-hashed-images.md compares the sizes. */

export const maxUnreducedSide = 1024;
const minReducedSide = 384;
/** A blockhash has 16 blocks per side. Smaller pictures match others by chance (docs/decisions/0021-minimum-size.md). */
export const minSide = 16;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * From 1/3, 1/5 and 1/9 on, sharp lets libjpeg decode at 1/2, 1/4 or 1/8 size; at exactly 2, 4 and 8 it does not ("known libjpeg
 * rounding errors").
 */
export function reducedSize({ width, height }: Size): Size | undefined {
  const longer = Math.max(width, height);
  if (longer <= maxUnreducedSide) return undefined;
  const factor = [9, 5, 3].find((one) => longer / one >= minReducedSide) ?? 2;
  const scale = Math.min(1 / factor, maxUnreducedSide / longer);
  const scaled = (side: number): number => Math.max(minSide, Math.floor(side * scale));
  return { width: scaled(width), height: scaled(height) };
}
