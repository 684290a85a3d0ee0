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

/** PDQ of the whole image or of a part of it. */
export interface VariantHashes<Hash extends string = string> {
  /** Which part: a-z, 0-9 and _; `full` is the image as a viewer shows it (after EXIF). */
  readonly variant: string;
  /** PDQ quality, 0-100; one for all orientations. */
  readonly quality: number;
  /** Of 64 hex digits: eight in the order of `orientations`, or only the first, where turned copies are not looked for. */
  readonly hashes: readonly Hash[];
}

export interface HashedImage {
  /** At least one, `full` first; variants whose hashes would say nothing are left out. */
  readonly pdq: readonly VariantHashes[];
  /** Eight of 64 hex digits in the order of `orientations`, of the first frame that says something; none when they would say nothing. */
  readonly blockhash: readonly string[];
  /** Pixels of the first frame as a viewer shows it, before normalisation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
}

/** One colour, two tones or stripes: the hashes are there, but those of such images collide, so they must not be matched. */
export interface FlatImage extends HashedImage {
  readonly unscannable: 'flat';
}

export type ImageResult = HashedImage | FlatImage | { readonly unscannable: Refusal };

/** What the hashes are for: an image that is enrolled is seen once and only once, and is worth more variants than one that is looked up. */
export const purposes = ['query', 'enrol'] as const;
export type Purpose = (typeof purposes)[number];

/** One image to hash. */
export interface ImageTask {
  /** A whole file. */
  readonly bytes: Uint8Array;
  readonly purpose: Purpose;
}

export interface ImageLimits {
  /** Width times height of a frame, before decoding. */
  readonly maxPixels: number;
  /** Frames of an animation or pages of a TIFF. */
  readonly maxFrames: number;
}

/** Which variants are hashed beside the whole image. */
export const variantSets = ['none', 'default', 'all'] as const;
export type VariantSet = (typeof variantSets)[number];

/** What an image worker is started with. */
export interface ImageSettings extends ImageLimits {
  /** Which variants are hashed beside the whole: `none` for queries and enrolments alike. */
  readonly variants: VariantSet;
}
