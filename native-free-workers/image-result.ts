/** What the image worker answers. Plain data: it crosses a thread and a process, which lose classes and error codes. */

/** Formats that are decoded; everything else is refused before any parser sees it. */
export const decodedFormats = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;
export type DecodedFormat = (typeof decodedFormats)[number];

/** Reasons without a hash. */
export const refusals = [
  /** The bytes begin like no image format we know. */
  'not_an_image',
  /** An image of a kind we do not decode: HEIC, BMP, SVG, PDF, JPEG XL ... */
  'unsupported_format',
  /** They begin like an image, but end early or are damaged beyond what the decoder shows. */
  'truncated',
  'too_many_pixels',
  'too_many_frames',
  /** Under 5 pixels on either side, where PDQ is not defined. */
  'too_small',
] as const;
export type Refusal = (typeof refusals)[number];

export interface HashedImage {
  /** Eight PDQ hashes of 64 hex digits in the order of `orientations`, the first of the image as a viewer shows it (after EXIF). */
  readonly pdq: readonly string[];
  /** PDQ quality, 0-100. */
  readonly quality: number;
  readonly blockhash: string;
  /** Pixels of the first frame as a viewer shows it, before normalisation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
}

/** PDQ quality under 50: the hashes are there, but flat images collide, so they must not be matched. */
export interface FlatImage extends HashedImage {
  readonly unscannable: 'flat';
}

export type ImageResult = HashedImage | FlatImage | { readonly unscannable: Refusal };

export interface ImageLimits {
  /** Width times height of a frame, before decoding. */
  readonly maxPixels: number;
  /** Frames of an animation or pages of a TIFF. */
  readonly maxFrames: number;
}
