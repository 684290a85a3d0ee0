/** What the image worker is given and what it answers. Plain data: classes and error codes do not survive a thread or a process. */

/** Every other format is refused before a parser sees it. */
export const decodedFormats = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;
export type DecodedFormat = (typeof decodedFormats)[number];

/** Why an image has no hash. */
export const refusals = [
  /** The bytes begin like no image format we know. */
  'not_an_image',
  /** An image that we do not decode: HEIC, BMP, SVG, PDF, JPEG XL and others. */
  'unsupported_format',
  /** The file ends early, or is damaged beyond what the decoder shows. */
  'truncated',
  'too_many_pixels',
  'too_many_frames',
  /** A side under 5 px, where PDQ is not defined. */
  'too_small',
] as const;
export type Refusal = (typeof refusals)[number];

/** PDQ of the whole image or of a part of it. */
export interface VariantHashes<Hash extends string = string> {
  /** Which part: a-z, 0-9 and _. `full` is the image as a viewer shows it, after EXIF orientation. */
  readonly variant: string;
  /** PDQ quality, 0-100, the same for all orientations. */
  readonly quality: number;
  /** 64 hex digits each: eight in the order of `orientations`, or only the upright one. */
  readonly hashes: readonly Hash[];
}

export interface HashedImage {
  /** `full` first. Variants with degenerate hashes are left out. */
  readonly pdq: readonly VariantHashes[];
  /** Eight hashes of 64 hex digits, in the order of `orientations`, of the first usable frame; empty if they are degenerate. */
  readonly blockhash: readonly string[];
  /** Pixels of the first frame as a viewer shows it, before normalisation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
}

/** An image of one colour, two tones or stripes. Its hashes collide with those of similar images, so they must not be matched. */
export interface FlatImage extends HashedImage {
  readonly unscannable: 'flat';
}

export type ImageResult = HashedImage | FlatImage | { readonly unscannable: Refusal };

/** What the hashes are for. An enrolment gets more variants, because an image is enrolled only once. */
export const purposes = ['query', 'enrol'] as const;
export type Purpose = (typeof purposes)[number];

export interface ImageTask {
  /** A whole file. */
  readonly bytes: Uint8Array;
  readonly purpose: Purpose;
}

export interface ImageLimits {
  /** Width times height of a frame, checked before decoding. */
  readonly maxPixels: number;
  /** Frames of an animation or pages of a TIFF. */
  readonly maxFrames: number;
}

/** Which variants are hashed beside the whole image; `none` means none for queries either. */
export const variantSets = ['none', 'default', 'all'] as const;
export type VariantSet = (typeof variantSets)[number];

/** The `workerData` of an image worker. */
export interface ImageSettings extends ImageLimits {
  readonly variants: VariantSet;
}
