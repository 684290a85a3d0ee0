import type { Frame } from '../hashing/frame.js';
import type { DecodedFormat, LookedFrames, Refusal } from '../image-task.js';

export interface Normalised {
  /** `full` first. */
  readonly frames: readonly Frame[];
  /** Of the first frame before any reduction, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
  readonly looked: LookedFrames;
  readonly truncated: boolean;
}

export interface Refused {
  readonly unscannable: Refusal;
}
