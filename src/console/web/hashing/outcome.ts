/** What the hasher answers for one file. */

export interface PdqValue {
  readonly value: string;
  readonly quality: number;
  /** Only the upright hash: a search looks in all orientations. */
  readonly orientation: 'identity';
  readonly variant: string;
}

/** In the shape that the API takes. */
export interface Hashes {
  readonly pdq: readonly PdqValue[];
  readonly blockhash?: string;
  readonly sha256: string;
}

export const fileRefusals = [
  'heic',
  'video',
  /** More than 100 megapixels, or more bytes than `maxBytes`. */
  'too_large',
  'empty',
  /** Under 16 px on a side. */
  'too_small',
  /** One colour, two tones or stripes: the hash would match other pictures. */
  'flat',
  'not_an_image',
  /** An image that this browser cannot open, or a damaged one. */
  'unreadable',
  'too_slow',
] as const;
export type FileRefusal = (typeof fileRefusals)[number];

export interface HashedFile {
  readonly hashes: Hashes;
  /** PDQ quality of the whole picture, 0-100. */
  readonly quality: number;
  /** As shown. */
  readonly width: number;
  readonly height: number;
}

export interface FileTask {
  readonly file: Blob;
  /** `none`: the whole picture, as viewers show it. `default`: also the parts and edits that the server adds at an enrolment. */
  readonly variants: 'none' | 'default';
}

export type FileOutcome = HashedFile | { readonly refused: FileRefusal };

/** A phone writes up to 20 MB, and a camera without compression 80 MB. */
export const maxBytes = 100 * 1024 * 1024;
export const maxPixels = 100_000_000;
