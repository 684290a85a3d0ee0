/** Rejections of `Imaging.hash`: what the service does wrong or cannot take on. What an image does wrong is a result, not an error. */

/** The queue is full: answer 503 with Retry-After. */
export class ImagingOverloaded extends Error {
  override readonly name = 'ImagingOverloaded';

  /** `retryAfterSeconds`: a whole number from 1, about the time the images before it take. */
  constructor(
    readonly limit: number,
    readonly retryAfterSeconds: number,
  ) {
    super(`${limit} images are waiting already, which is the limit: try again in ${retryAfterSeconds} s`);
  }
}

/** `close()` was called: no image is taken any more, or this one was still waiting when the drain ended. */
export class ImagingClosed extends Error {
  override readonly name = 'ImagingClosed';

  constructor() {
    super('imaging is closed');
  }
}
