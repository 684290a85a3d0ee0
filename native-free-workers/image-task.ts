/** Input and output of the image worker: plain data, because it crosses a process. */

export const decodedFormats = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff', 'bmp', 'ico', 'heic', 'jxl'] as const;
export type DecodedFormat = (typeof decodedFormats)[number];

/** Formats that an operator can switch off: `apng` is an animated PNG, `avis` an AVIF sequence. */
export const optionalFormats = ['apng', 'avis', 'bmp', 'heic', 'ico', 'jxl'] as const;
export type OptionalFormat = (typeof optionalFormats)[number];

export const refusals = [
  'not_an_image',
  /** SVG, PDF, Photoshop and others, and formats that are switched off. */
  'unsupported_format',
  /** Ends early, or is damaged beyond what the decoder shows. */
  'truncated',
  'too_many_pixels',
  'too_many_frames',
  /** Under 16 px on a side. */
  'too_small',
] as const;
export type Refusal = (typeof refusals)[number];

export interface VariantHashes<Hash extends string = string> {
  /** a-z, 0-9 and _. `full` is the image as a viewer shows it, after EXIF orientation. */
  readonly variant: string;
  /** 0-100, the same for all orientations. */
  readonly quality: number;
  /** 64 hex digits each: in the order of `orientations`, or only the upright one. */
  readonly hashes: readonly Hash[];
  /** Of a query: what the upright hash shows, if the name of the variant does not say. */
  readonly view?: VariantView | undefined;
}

/** Shares of the image's width and height; degrees, clockwise. */
export interface VariantView {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly tilt: number;
}

export interface HashedImage {
  /** `full` first. Without degenerate variants. */
  readonly pdq: readonly VariantHashes[];
  /** In the order of `orientations`; empty if degenerate. */
  readonly blockhash: readonly string[];
  /** Of the first frame as shown, before normalisation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
  readonly frames: LookedFrames;
  /** The file ends early or is damaged. The hashes are those of what viewers still show. */
  readonly truncated: boolean;
}

/** Frames of an animation, or pages. */
export interface LookedFrames {
  readonly looked: number;
  readonly of: number;
}

/** One colour, two tones or stripes: its hashes must not be matched, because they collide with those of similar images. */
export interface FlatImage extends HashedImage {
  readonly unscannable: 'flat';
}

export type ImageResult = HashedImage | FlatImage | { readonly unscannable: Refusal };

export const purposes = ['query', 'enrol'] as const;
export type Purpose = (typeof purposes)[number];

export interface ImageTask {
  readonly bytes: Uint8Array;
  readonly purpose: Purpose;
}

export interface ImageLimits {
  /** Width times height of a frame. */
  readonly maxPixels: number;
  /** Frames of an animation or pages of a TIFF. */
  readonly maxFrames: number;
  /** None by default. */
  readonly formatsOff?: readonly OptionalFormat[];
}

export const variantSets = ['none', 'default', 'all'] as const;
export type VariantSet = (typeof variantSets)[number];

/** The `workerData` of an image worker. */
export interface ImageSettings extends ImageLimits {
  readonly variants: VariantSet;
}
