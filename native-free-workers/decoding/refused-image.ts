import type { Refusal } from '../image-task.js';

/** Thrown by the readers in `pages/`, which know why they refuse a file. */
export class RefusedImage extends Error {
  override readonly name = 'RefusedImage';

  constructor(readonly refusal: Refusal) {
    super(refusal);
  }
}
